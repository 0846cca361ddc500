"""Make frames for rating from a few words."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from sorgente.rating.rows import CONDITIONS, SPANS
from sorgente.tariffs.book import TariffBook

D = date.fromisoformat


def spans_of(*rows: tuple[int, int, str, str, int], prior: list[int] | None = None) -> pa.Table:
    """Rows are (span, contract, start, end, litres)."""
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in SPANS]
    columns[2:4] = [[D(day) for day in columns[2]], [D(day) for day in columns[3]]]
    table = pa.table(
        [pa.array(list(column), field.type) for column, field in zip(columns, SPANS, strict=True)], schema=SPANS
    )
    return table if prior is None else table.append_column("prior_milli", pa.array(prior, pa.int64()))


def conditions_of(book: TariffBook, *rows: dict[str, Any]) -> pa.Table:
    """Rows name what differs from a resident household of three on the first family of the book."""
    whole = []
    for row in rows:
        whole.append(
            {
                "contract_id": row.get("contract", 1),
                "start": D(row.get("start", "2020-01-01")),
                "end": D(row["end"]) if row.get("end") else None,
                "tariff": row.get("tariff", 0),
                "category": book.category_index(row.get("category", "domestico_residente")),
                "persons": row.get("persons", 3),
                "units": row.get("units", 1),
                "services": row.get("services", 7),
                "bonus": row.get("bonus", False),
                "meter_size": row.get("meter", 0),
                "commitment_milli": row.get("commitment", 0),
            }
        )
    return pa.Table.from_pylist(whole, schema=CONDITIONS)


def town(book: TariffBook, count: int, seed: int, *, faults: bool = False) -> tuple[pa.Table, pa.Table]:
    """Return spans and conditions of an invented town: moves, bonuses, flats, and, if asked, what is refused."""
    draw = np.random.default_rng(seed)
    spans, conditions = [], []
    for contract in range(1, count + 1):
        start = (19_300 if faults else 19_400) + int(draw.integers(0, 900))
        end = start + int(draw.integers(1, 400))
        quantity = int(draw.integers(0, 300_000))
        if faults and draw.random() < 0.1:
            quantity, end = (-1, end) if draw.random() < 0.5 else (quantity, start)
        spans.append((contract * 10, contract, _day(start), _day(end), quantity))
        category = book.category_codes[int(draw.integers(0, len(book.category_codes)))]
        cuts = sorted({19_200, *(int(day) for day in draw.integers(19_300, 20_700, int(draw.integers(0, 3))))})
        for lower, upper in zip(cuts, [*cuts[1:], None], strict=True):
            conditions.append(
                {
                    "contract": contract,
                    "start": _day(lower),
                    "end": None if upper is None else _day(upper - int(faults and draw.random() < 0.1)),
                    "category": category,
                    "persons": int(draw.integers(0, 7)),
                    "units": int(draw.integers(0 if faults and draw.random() < 0.1 else 1, 13)),
                    "services": int(draw.choice([1, 3, 7, 7, 7])),
                    "bonus": bool(draw.random() < 0.2),
                    "meter": int(draw.choice([15, 20, 25, 80])),
                    "commitment": int(draw.integers(0, 200_000)),
                }
            )
    return spans_of(*spans), conditions_of(book, *conditions)


def _day(number: int) -> str:
    return str(date.fromordinal(date(1970, 1, 1).toordinal() + number))
