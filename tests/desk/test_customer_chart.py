"""Reads and consumption on the customer's page: the customer's own water, nobody else's."""

from __future__ import annotations

from datetime import date

from sorgente.interfaces.desk.customer_page import consumption_chart, own_reads
from sorgente.metering.queries.point_meters import PointMeter, SeenRead

MOVED_IN = date(2025, 4, 30)


def read(on: date, litres: int | None, days: int | None) -> SeenRead:
    return SeenRead(1, on, 0, "reader", "accepted", "", litres, days)


METER = PointMeter(
    7, "A17", "", "", 15, None, False, date(2024, 5, 29), None,
    [
        read(date(2026, 6, 14), 12_000, 182),
        read(date(2025, 12, 14), 38_000, 228),
        read(MOVED_IN, 42_000, 336),
        read(date(2024, 5, 29), None, None),
    ],
)  # fmt: skip


def test_water_of_the_customer_before_is_neither_listed_nor_drawn():
    [mine] = own_reads([METER], [(7, MOVED_IN, None)])

    assert [(one.read_on, one.since_milli) for one in mine.reads] == [
        (date(2026, 6, 14), 12_000),
        (date(2025, 12, 14), 38_000),
        (MOVED_IN, None),  # the read the supply starts from; the water before it was another's
    ]
    chart = consumption_chart([mine])
    assert chart is not None
    assert chart["labels"] == ["14/12/2025", "14/06/2026"]
    assert chart["series"][0]["values"] == [0.167, 0.066]


def test_nor_of_the_one_after_nor_at_another_point():
    [left] = own_reads([METER], [(7, date(2024, 5, 29), MOVED_IN)])
    assert [one.read_on for one in left.reads] == [MOVED_IN, date(2024, 5, 29)]

    [elsewhere] = own_reads([METER], [(8, MOVED_IN, None)])
    assert elsewhere.reads == []
    assert consumption_chart([elsewhere]) is None
