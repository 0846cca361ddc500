"""Frames are checked by name, type, empty cells and order; what is wrong with one span is a refusal."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sorgente.rating.rate import rate
from sorgente.rating.rows import CHARGES, WrongFrame
from sorgente.tariffs.library import tariff_book
from tests.rating.frames import conditions_of, spans_of

BOOK = tariff_book()
SPAN = (1, 1, "2025-01-01", "2025-04-01", 30_000)


def refusal(spans: pa.Table, *conditions: dict) -> tuple[str, str]:
    rated = rate(spans, conditions_of(BOOK, *conditions), BOOK)
    assert len(rated.charges) == 0
    (row,) = rated.refusals.to_pylist()
    return row["code"], row["message"]


def test_a_missing_column_is_named():
    with pytest.raises(WrongFrame, match=r"Column quantity_milli of spans: It is missing"):
        rate(spans_of(SPAN).drop_columns(["quantity_milli"]), conditions_of(BOOK, {}), BOOK)


def test_another_type_is_named():
    spans = spans_of(SPAN)
    spans = spans.set_column(4, "quantity_milli", pa.array([30.0]))
    with pytest.raises(WrongFrame, match=r"It holds double\. Give int64"):
        rate(spans, conditions_of(BOOK, {}), BOOK)


def test_an_empty_cell_is_counted():
    spans = spans_of(SPAN).set_column(4, "quantity_milli", pa.array([None], pa.int64()))
    with pytest.raises(WrongFrame, match="It has 1 empty cells"):
        rate(spans, conditions_of(BOOK, {}), BOOK)


def test_conditions_out_of_order_are_refused_whole():
    conditions = conditions_of(BOOK, {"contract": 2}, {"contract": 1})
    with pytest.raises(WrongFrame, match="not sorted"):
        rate(spans_of(SPAN), conditions, BOOK)


def test_a_record_batch_is_as_good_as_a_table_and_no_spans_give_no_rows():
    batch = spans_of(SPAN).to_batches()[0]
    assert rate(batch, conditions_of(BOOK, {}).to_batches()[0], BOOK).charges.num_rows == 10
    empty = rate(spans_of(), conditions_of(BOOK, {}), BOOK)
    assert empty.charges.schema == CHARGES
    assert len(empty.charges) == len(empty.refusals) == 0


def test_a_day_without_conditions():
    assert refusal(spans_of(SPAN), {"end": "2025-03-01"}) == (
        "rating.span.no-conditions",
        "The contract has no conditions on 2025-03-01. Record its use category and tariff for that day.",
    )


def test_another_contract_has_no_conditions_either():
    assert refusal(spans_of((1, 9, *SPAN[2:])), {})[0] == "rating.span.no-conditions"


def test_two_conditions_on_one_day():
    code, message = refusal(spans_of(SPAN), {"end": "2025-03-01"}, {"start": "2025-02-01", "persons": 4})
    assert (code, message) == (
        "rating.span.overlapping-conditions",
        "Two conditions of the contract hold on 2025-02-01. End the earlier one.",
    )


def test_a_day_before_the_first_tariff():
    assert refusal(spans_of((1, 1, "2022-12-01", "2023-02-01", 0)), {}) == (
        "rating.span.no-tariff",
        "Tariff valdoro has no version in force on 2022-12-01. Load the version of that day.",
    )


def test_a_tariff_and_a_category_that_the_book_does_not_hold():
    assert refusal(spans_of(SPAN), {"tariff": 3})[1].startswith("Tariff number 3 has no version in force")
    conditions = conditions_of(BOOK, {})
    conditions = conditions.set_column(4, conditions.schema.field(4), pa.array([77], pa.int32()))
    assert rate(spans_of(SPAN), conditions, BOOK).refusals.to_pylist()[0]["code"] == "rating.span.no-category"


def test_an_empty_span_and_a_negative_quantity():
    assert refusal(spans_of((1, 1, "2025-01-01", "2025-01-01", 0)), {})[0] == "rating.span.empty-span"
    assert refusal(spans_of((1, 1, "2025-01-01", "2025-02-01", -1)), {})[0] == "rating.span.negative-quantity"


def test_no_units_and_figures_that_would_overflow():
    assert refusal(spans_of(SPAN), {"units": 0})[0] == "rating.span.conditions-out-of-range"
    assert refusal(spans_of(SPAN), {"commitment": 10**13})[0] == "rating.span.conditions-out-of-range"
    assert refusal(spans_of((*SPAN[:4], 10**16)), {})[0] == "rating.span.too-large"
    assert refusal(spans_of((1, 1, "2023-01-01", "2199-01-01", 1)), {})[0] == "rating.span.too-large"


def test_a_refused_span_leaves_its_neighbours_whole():
    spans = spans_of(
        (1, 1, "2025-01-01", "2025-04-01", 30_000), (2, 2, "2025-01-01", "2025-04-01", 1), (3, 3, *SPAN[2:])
    )
    rated = rate(spans, conditions_of(BOOK, {"contract": 1}, {"contract": 3}), BOOK)
    assert rated.refusals.column("span_id").to_pylist() == [2]
    first, third = (rated.charges.filter(pa.compute.equal(rated.charges["span_id"], one)) for one in (1, 3))
    assert first.column("cents").equals(third.column("cents"))
