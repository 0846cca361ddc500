"""The chart of consumption on the customer's page: the customer's own water, nobody else's."""

from __future__ import annotations

from datetime import date

from sorgente.interfaces.desk.customer_page import consumption_chart
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


def test_water_of_the_customer_before_is_not_drawn():
    chart = consumption_chart([METER], [(7, MOVED_IN, None)])
    assert chart is not None
    assert chart["labels"] == ["14/12/2025", "14/06/2026"]
    assert chart["series"][0]["values"] == [0.167, 0.066]


def test_nor_of_the_one_after_nor_at_another_point():
    left = consumption_chart([METER], [(7, date(2024, 5, 29), MOVED_IN)])
    assert left is not None
    assert left["labels"] == ["30/04/2025"]
    assert consumption_chart([METER], [(8, MOVED_IN, None)]) is None
