"""What holds for every bill: pieces partition, dividing the work changes nothing, more water never costs less."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sorgente.rating.arithmetic import half_up, share
from sorgente.rating.rate import rate, reverse
from sorgente.rating.rows import CHARGES
from sorgente.rating.vat import vat_cents
from sorgente.tariffs.library import tariff_book
from sorgente.tariffs.model import Kind
from tests.rating.frames import conditions_of, spans_of, town
from tests.rating.tariff_cases import zoo

BOOK = tariff_book()
litres = st.integers(0, 2_000_000)
days = st.integers(1, 500)


@given(total=st.integers(0, 10**12), pieces=st.lists(st.integers(1, 4_000), min_size=1, max_size=9))
def test_pieces_add_up_to_the_whole(total, pieces):
    edges = np.cumsum([0, *pieces]).tolist()
    parts = [share(total, done, edges[-1]) - share(total, before, edges[-1]) for before, done in pairwise(edges)]
    assert sum(parts) == total
    assert all(abs(part - Fraction(total * long, edges[-1])) <= 1 for part, long in zip(parts, pieces, strict=True))


@given(numerator=st.integers(-(4 * 10**18), 4 * 10**18), denominator=st.integers(1, 10**9))
def test_half_up_is_half_away_from_zero(numerator, denominator):
    exact = Fraction(abs(numerator), denominator) + Fraction(1, 2)
    whole = exact.numerator // exact.denominator
    assert half_up(numerator, denominator) == (whole if numerator >= 0 else -whole)


@settings(max_examples=60, deadline=None)
@given(
    start=st.dates(date(2023, 1, 1), date(2026, 6, 1)), length=days, quantity=litres, cuts=st.lists(days, max_size=4),
    category=st.sampled_from(BOOK.category_codes),
)  # fmt: skip
def test_a_span_cut_by_changes_keeps_its_days_and_its_litres(start, length, quantity, cuts, category):
    end = start + timedelta(length)
    starts = [date(2020, 1, 1), *sorted({start + timedelta(cut) for cut in cuts})]
    ends = [*(str(day) for day in starts[1:]), None]
    conditions = conditions_of(
        BOOK,
        *({"start": str(lower), "end": upper, "persons": 1 + number, "category": category}
          for number, (lower, upper) in enumerate(zip(starts, ends, strict=True))),
    )  # fmt: skip
    rated = rate(spans_of((1, 1, str(start), str(end), quantity)), conditions, BOOK)
    rows = rated.charges.to_pylist()
    sewerage = [row for row in rows if row["service"] == 2]
    assert sum(row["quantity_milli"] for row in sewerage if row["kind"] == Kind.VOLUME) == quantity
    assert sum(row["quantity_milli"] for row in rows if row["service"] == 1 and row["kind"] == Kind.VOLUME) == quantity
    pieces = sorted({(row["start"], row["end"]) for row in rows})
    assert (pieces[0][0], pieces[-1][1]) == (start, end)
    assert all(before[1] == after[0] for before, after in pairwise(pieces))


@settings(max_examples=60, deadline=None)
@given(
    quantity=litres, more=st.integers(1, 50_000), length=days, persons=st.integers(1, 8), units=st.integers(1, 20),
    category=st.sampled_from(BOOK.category_codes),
)  # fmt: skip
def test_more_water_never_costs_less(quantity, more, length, persons, units, category):
    end = str(date(2025, 3, 1) + timedelta(length))
    spans = spans_of((1, 1, "2025-03-01", end, quantity), (2, 1, "2025-03-01", end, quantity + more))
    conditions = conditions_of(BOOK, {"persons": persons, "units": units, "category": category})
    rated = rate(spans, conditions, BOOK)
    costs = {row["span_id"]: 0 for row in rated.charges.to_pylist()}
    for row in rated.charges.to_pylist():
        costs[row["span_id"]] += row["cents"]
    assert costs[1] <= costs[2]


@pytest.mark.parametrize("book", [BOOK, zoo()], ids=["valdoro", "every kind of charge"])
def test_plain_and_compiled_write_the_same_rows_and_refusals(book):
    spans, conditions = town(book, 800, 7, faults=True)
    plain, compiled = (rate(spans, conditions, book, compiled=engine) for engine in (False, True))
    assert plain.charges.equals(compiled.charges)
    assert plain.refusals.equals(compiled.refusals)
    assert len(plain.charges) > 400
    assert len(set(plain.refusals.column("code").to_pylist())) >= 4


def test_each_span_is_in_exactly_one_of_charges_and_refusals():
    spans, conditions = town(BOOK, 400, 11, faults=True)
    rated = rate(spans, conditions, BOOK)
    charged = set(rated.charges.column("span_id").to_pylist())
    refused = rated.refusals.column("span_id").to_pylist()
    assert charged.isdisjoint(refused)
    assert len(refused) == len(set(refused))
    assert charged.union(refused) == set(spans.column("span_id").to_pylist())


@pytest.mark.parametrize("size", [1, 7, 64])
def test_how_the_spans_are_divided_over_calls_changes_nothing(size):
    spans, conditions = town(BOOK, 200, 3)
    whole = rate(spans, conditions, BOOK, compiled=True)
    parts = [rate(spans.slice(at, size), conditions, BOOK, compiled=size > 1).charges for at in range(0, 200, size)]
    assert pa.concat_tables(parts).combine_chunks().equals(whole.charges.combine_chunks())


def test_threads_change_nothing():
    spans, conditions = town(BOOK, 300, 5)
    many = pa.concat_tables([spans] * 120)
    one, two = (rate(many, conditions, BOOK, compiled=True, threads=threads) for threads in (1, 2))
    assert len(many) > 2 * 16_384
    assert one.charges.equals(two.charges)


def test_the_same_input_gives_the_same_bytes():
    spans, conditions = town(BOOK, 100, 9)

    def written() -> bytes:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, CHARGES) as stream:
            stream.write_table(rate(spans, conditions, BOOK).charges)
        return sink.getvalue().to_pybytes()

    assert written() == written()


def test_conditions_that_differ_in_days_alone_are_one():
    spans = spans_of((1, 1, "2025-01-01", "2025-07-01", 61_803))
    one = rate(spans, conditions_of(BOOK, {}), BOOK)
    pieces = [{"end": "2025-02-11"}, {"start": "2025-02-11", "end": "2025-05-03"}, {"start": "2025-05-03"}]
    assert rate(spans, conditions_of(BOOK, *pieces), BOOK).charges.equals(one.charges)


def test_a_credit_undoes_its_charges():
    charges = rate(*town(BOOK, 50, 2), BOOK).charges
    both = pa.concat_tables([charges, reverse(charges)])
    assert pc.sum(both.column("cents")).as_py() == 0
    bases = both.group_by(["contract_id", "vat_e4"]).aggregate([("cents", "sum")]).column("cents_sum")
    assert set(bases.to_pylist()) == {0}
    assert reverse(reverse(charges)).equals(charges)


def test_every_row_multiplies_out_as_it_is_printed():
    """Control 00423 of the e-invoice: unit price x quantity is within a cent of the row."""
    for row in rate(*town(BOOK, 300, 4), BOOK).charges.to_pylist():
        exact = Fraction(row["unit_price_e8"] * row["quantity_milli"], 10**9)  # cents
        assert abs(exact - row["cents"]) <= 1, row


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.sampled_from([0, 400, 500, 1000, 2200]))))
def test_vat_in_columns_is_vat_of_each(drawn):
    base, share_e4 = (np.array([one[at] for one in drawn], dtype=np.int64) for at in (0, 1))
    assert vat_cents(base, share_e4).tolist() == [half_up(cents * rate_e4, 10_000) for cents, rate_e4 in drawn]
