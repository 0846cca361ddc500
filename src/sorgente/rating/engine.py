"""Run the kernel: plain Python on lists for a few spans, compiled and on threads for many; same rows either way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sorgente.rating.charge_kernel import Row
from sorgente.rating.span_kernel import ConditionColumns, RefusalColumns, RowColumns, SpanColumns, rate_spans
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.tables import ROW_TYPES, BookTables, number_of

if TYPE_CHECKING:
    pass

FIRST_YEAR, LAST_YEAR = 1970, 2200
CHUNK = 16_384  # spans a thread rates at a time; memory stays within a few chunks of rows
ROWS_PER_SPAN = 16  # room given at first; a chunk that needs more is written in several blocks


class Written(NamedTuple):
    """Blocks of charge rows in the order of the spans, and per span its refusal."""

    blocks: list[RowColumns]
    refusals: RefusalColumns


@lru_cache(maxsize=1)
def month_starts() -> tuple[int, ...]:
    """Return the first days of all months the engine knows, as days since 1970-01-01."""
    return tuple(number_of(date(year, month, 1)) for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in range(1, 13))


def rate_plain(spans: SpanColumns, conditions: ConditionColumns, book: TariffBook) -> Written:
    """Rate lists of whole numbers in plain Python; for some thousands of spans at most."""
    count = len(spans.span_id)
    refusals = RefusalColumns(*([0] * count for _ in RefusalColumns._fields))
    scratch = [Row() for _ in range(_piece_rows(book))]
    blocks: list[RowColumns] = []
    first, room = 0, ROWS_PER_SPAN * count + 256
    while first < count:
        rows = RowColumns(*([0] * room for _ in RowColumns._fields))
        reached, written = rate_spans(
            spans, conditions, book.tables, _limits(book), month_starts(), scratch, rows, refusals, first, count, room
        )
        blocks.append(RowColumns(*(column[:written] for column in rows)))
        room = room * 2 if reached == first else room
        first = reached
    return Written(blocks, refusals)


def _limits(book: TariffBook) -> tuple[int, int]:
    return len(book.category_codes), book.highest_quantity


def _piece_rows(book: TariffBook) -> int:
    return max((plan.rows for plan in book.tables.plans), default=0)


def rate_compiled(spans: SpanColumns, conditions: ConditionColumns, book: TariffBook, *, threads: int) -> Written:
    """Rate int64 arrays with the compiled kernel, chunk by chunk on so many threads."""
    import numpy as np

    count = len(spans.span_id)
    refusals = RefusalColumns(*(np.zeros(count, np.int64) for _ in RefusalColumns._fields))
    months = np.array(month_starts(), np.int64)
    row_type = np.dtype([(name, np.int64) for name in Row.__dataclass_fields__])
    shared: list[Any] = list(arrays_of(book))
    ranges = [(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]

    def chunk(bounds: tuple[int, int]) -> list[RowColumns]:
        first, last = bounds
        blocks: list[RowColumns] = []
        # Arrays of its own: threads that share them would fight over their reference counts.
        tables = BookTables(*(table.copy() for table in shared))
        scratch = np.empty(_piece_rows(book), row_type)
        room = ROWS_PER_SPAN * (last - first) + 256
        while first < last:
            rows = _empty_rows(room)
            reached, written = rate_spans.compiled(
                spans, conditions, tables, _limits(book), months, scratch, rows, refusals, first, last, room
            )
            blocks.append(RowColumns(*(column[:written] for column in rows)))
            room = room * 2 if reached == first else room
            first = reached
        return blocks

    if threads <= 1 or len(ranges) <= 1:
        parts = [chunk(bounds) for bounds in ranges]
    else:
        from concurrent.futures import ThreadPoolExecutor

        chunk(ranges[0][:1] * 2)  # an empty range: compiles before the threads start
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(chunk, ranges))
    return Written([block for part in parts for block in part], refusals)


def arrays_of(book: TariffBook) -> BookTables:
    """Return the book's tables as arrays: rows become structured int64 arrays with the same field names."""
    import numpy as np

    def array(rows: Sequence[Any], row: type[Any] | None) -> Any:
        if row is None:
            return np.array(rows, np.int64)
        return np.array([tuple(one) for one in rows], np.dtype([(name, np.int64) for name in row._fields]))

    return BookTables(*(array(rows, row) for rows, row in zip(book.tables, ROW_TYPES, strict=True)))


def _empty_rows(room: int) -> RowColumns:
    import numpy as np

    types: Sequence[Any] = (
        np.int64, np.int64, np.int32, np.int32, np.int8, np.int8, np.int8,
        np.int64, np.int64, np.int64, np.int32, np.int32,
    )  # fmt: skip
    return RowColumns(*(np.empty(room, kind) for kind in types))
