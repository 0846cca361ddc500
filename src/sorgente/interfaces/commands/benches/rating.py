"""Bills rated a second, the whole step: frames checked, periods split, rows written as Arrow.

A bill is a period of 30 to 150 days of a resident household under the invented Valdoro tariff, ten rows on average;
a part of them cross the change of tariff on 1 January 2026 or a change of household.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pyarrow as pa

from sorgente.rating.rate import rate
from sorgente.rating.rows import CONDITIONS, SPANS
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.library import tariff_book
from sorgente.tariffs.tables import FOREVER

BATCH = 100_000  # bills rated at a time: memory does not grow with the size
_JANUARY_2024 = 19_737  # the 15th, in days since 1970-01-01


def measure(size: int) -> tuple[int, float, str]:
    """Rate so many bills; returns (bills, seconds, unit). Making the columns and compiling are not counted."""
    book = tariff_book()
    rate(*frames(book, 1_000, 0), book, compiled=True)
    seconds = 0.0
    for first in range(0, size, BATCH):
        spans, conditions = frames(book, min(BATCH, size - first), first)
        start = perf_counter()
        rated = rate(spans, conditions, book)
        seconds += perf_counter() - start
        if len(rated.refusals):
            raise RuntimeError(f"{len(rated.refusals)} bills were refused, first: {rated.refusals.to_pylist()[0]}")
    return size, seconds, "bills/s"


def frames(book: TariffBook, count: int, first: int) -> tuple[pa.Table, pa.Table]:
    """Return spans and conditions of `count` invented households, the same ones at every call."""
    draw = np.random.default_rng(first + 1)
    contract = np.arange(first, first + count)
    start = _JANUARY_2024 + draw.integers(0, 700, count)
    end = start + draw.integers(30, 151, count)
    persons = draw.integers(1, 6, count)
    quantity = persons * (end - start) * draw.integers(40, 120, count)  # litres
    spans = pa.table([contract, contract, _days(start), _days(end), quantity], schema=SPANS)
    moves = np.flatnonzero(draw.random(count) < 0.03)  # households that change size in the middle of the period
    change = np.full(count, FOREVER)
    change[moves] = (start[moves] + end[moves]) // 2
    who = np.concatenate([np.arange(count), moves])
    began = np.concatenate([np.full(count, _JANUARY_2024 - 300), change[moves]])
    ended = np.concatenate([change, np.full(len(moves), FOREVER)])
    residents = np.concatenate([persons, persons[moves] + 1])
    order = np.lexsort((began, who))
    many = len(who)
    conditions = pa.table(
        [
            contract[who[order]],
            _days(began[order]),
            _days(ended[order]),
            np.full(many, book.tariff_index("valdoro"), np.int32),
            np.full(many, book.category_index("domestico_residente"), np.int32),
            residents[order].astype(np.int16),
            np.ones(many, np.int16),
            np.full(many, 7, np.int32),
            pa.array(np.zeros(many, bool)),
            np.zeros(many, np.int32),
            np.zeros(many, np.int64),
        ],
        schema=CONDITIONS,
    )
    return spans, conditions


def _days(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers.astype(np.int32)).view(pa.date32())
