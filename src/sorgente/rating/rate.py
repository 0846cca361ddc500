"""Columns in, exact charges out: the one entry of rating for Arrow frames. No database, no Django."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sorgente.rating.engine import Written, rate_compiled, rate_plain
from sorgente.rating.refusals import code_of, message_of
from sorgente.rating.rows import CHARGES, CONDITIONS, REFUSALS, SPANS, WrongFrame, checked
from sorgente.rating.span_kernel import ConditionColumns, RowColumns, SpanColumns
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.tables import FOREVER

PLAIN_UP_TO = 512  # spans below which plain Python is done before Numba is loaded


@dataclass(frozen=True, slots=True)
class Rated:
    """Charges and refusals; each span is in exactly one of the two.

    charges   rows.CHARGES, in the order of the spans, then by day, then as the tariff lists its charges
    refusals  rows.REFUSALS, in the order of the spans
    """

    charges: pa.Table
    refusals: pa.Table


def rate(
    spans: pa.Table | pa.RecordBatch,
    conditions: pa.Table | pa.RecordBatch,
    book: TariffBook,
    *,
    compiled: bool | None = None,
    threads: int | None = None,
) -> Rated:
    """Rate spans under the dated conditions of their contracts and the dated tariffs of the book.

    spans       rows.SPANS: one row per period and contract, with its whole quantity
    conditions  rows.CONDITIONS: sorted by contract and start; together they cover the spans
    compiled    None chooses by size; the numbers are the same
    threads     None: as many as there are processors
    raises      WrongFrame when a frame is not as declared; whatever is wrong with one span is a refusal
    source      docs/rounding.md

    A span is cut where its conditions, the tariff or a pass-through component change (and at 1 January where the
    tariff says so); its quantity goes to the pieces by days. Pure: same input, same rows, however the spans are
    distributed over calls.
    """
    span_table = checked(spans, SPANS, "spans")
    condition_table = checked(conditions, CONDITIONS, "conditions")
    quantities = [_whole(span_table.column(name)) for name in SPANS.names]
    span_columns = SpanColumns._make([*quantities, _optional(span_table, "prior_milli", -1)])
    condition_columns = _condition_columns(condition_table)
    if compiled is None:
        compiled = len(span_table) > PLAIN_UP_TO
    if compiled:
        written = rate_compiled(span_columns, condition_columns, book, threads=threads or os.cpu_count() or 1)
    else:
        written = rate_plain(
            SpanColumns(*(column.tolist() for column in span_columns)),
            ConditionColumns(*(column.tolist() for column in condition_columns)),
            book,
        )
    return Rated(charges_table(written.blocks), _refusal_table(span_columns, written, book))


def reverse(charges: pa.Table) -> pa.Table:
    """Return the rows that undo these: quantities and cents with the other sign, prices as they were."""
    for name in ("quantity_milli", "cents"):
        place = charges.column_names.index(name)
        charges = charges.set_column(place, CHARGES.field(name), pc.negate_checked(charges.column(name)))
    return charges


def charges_table(blocks: list[RowColumns]) -> pa.Table:
    """Return blocks of rows as one Arrow table; arrays are not copied."""
    batches = [
        pa.RecordBatch.from_arrays(
            [_arrow(column, field.type) for column, field in zip(block, CHARGES, strict=True)], schema=CHARGES
        )
        for block in blocks
        if len(block.span_id)
    ]
    return pa.Table.from_batches(batches, schema=CHARGES)


def _arrow(column: Any, kind: pa.DataType) -> pa.Array:
    if pa.types.is_date32(kind):
        return pa.array(np.asarray(column, np.int32), pa.int32()).view(pa.date32())
    return pa.array(np.asarray(column, kind.to_pandas_dtype()), kind)


def _refusal_table(spans: SpanColumns, written: Written, book: TariffBook) -> pa.Table:
    refused = np.flatnonzero(np.asarray(written.refusals.refusal))
    number, detail, family, category = (np.asarray(column)[refused].tolist() for column in written.refusals)
    return pa.table(
        {
            "span_id": pa.array(np.asarray(spans.span_id)[refused], pa.int64()),
            "code": pa.array([code_of(one) for one in number], pa.string()),
            "message": pa.array(
                [message_of(book, *facts) for facts in zip(number, detail, family, category, strict=True)], pa.string()
            ),
        },
        schema=REFUSALS,
    )


def _condition_columns(table: pa.Table) -> ConditionColumns:
    contract, start = _whole(table.column("contract_id")), _whole(table.column("start"))
    step = np.diff(contract)
    if bool(np.any(step < 0)) or bool(np.any((step == 0) & (np.diff(start) < 0))):
        raise WrongFrame("conditions", "They are not sorted.", "Sort them by contract_id, then start.")
    end = _whole(pc.fill_null(table.column("end").cast(pa.int32()), FOREVER))
    terms = [_whole(table.column(name)) for name in ("tariff", "category", "persons", "units")]
    terms.append(_optional(table, "other_units", 0))
    terms += [_whole(table.column(name)) for name in ("services", "bonus", "meter_size", "commitment_milli")]
    continues = np.zeros(len(contract), np.int64)
    same = (step == 0) & (start[1:] == end[:-1])
    for column in terms:
        same &= column[1:] == column[:-1]
    continues[1:] = same
    return ConditionColumns._make([contract, start, end, *terms, continues])


def _optional(table: pa.Table, name: str, default: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    if name not in table.column_names:
        return np.full(len(table), default, np.int64)
    return _whole(pc.fill_null(table.column(name), default))


def _whole(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return a column as a contiguous, writable-or-not int64 array."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    values = column.to_numpy()
    return np.array(values, np.int64)  # a copy: one memory layout, one compiled signature
