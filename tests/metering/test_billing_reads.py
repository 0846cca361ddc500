"""The reads that billing gets: accepted ones, of the point's meters, in order."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.db import connection

from sorgente.metering.queries import billing_reads
from tests.metering.builders import make_metered_points, put_reads

pytestmark = pytest.mark.django_db

JAN, APR, JUL = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)


@pytest.fixture
def three_points():
    points, registers = make_metered_points(3, installed_on=JAN)
    for day, litres in ((JAN, 0), (APR, 20_000), (JUL, 50_000)):
        put_reads(registers, day, np.full(3, litres) + registers)
    return points, registers


def test_reads_come_sorted_by_point_and_day(three_points):
    points, registers = three_points
    table = billing_reads(service_point_ids=points[::-1], since=JAN, through=JUL)
    assert table["service_point_id"].to_pylist() == np.repeat(points, 3).tolist()
    assert table["read_on"].to_pylist() == [JAN, APR, JUL] * 3
    assert table["running_milli"].to_pylist()[:3] == [registers[0] + litres for litres in (0, 20_000, 50_000)]
    assert [str(table.schema.field(name).type) for name in ("read_id", "read_on", "kind")] == [
        "int64", "date32[day]", "int8",
    ]  # fmt: skip


def test_each_point_has_its_own_first_day(three_points):
    points, _ = three_points
    since = np.array(["2026-01-01", "2026-04-01", "2026-07-02"], dtype="datetime64[D]")
    table = billing_reads(service_point_ids=points, since=since, through=JUL)
    assert table["service_point_id"].to_pylist() == [points[0]] * 3 + [points[1]] * 2


def test_every_point_when_none_is_named_and_nothing_after_the_latest_day(three_points):
    table = billing_reads(service_point_ids=None, since=JAN, through=date(2026, 6, 30))
    assert table.num_rows == 6


def test_held_reads_stay_out_and_kinds_are_told(three_points):
    points, registers = three_points
    put_reads(registers[:1], date(2026, 5, 1), np.array([1]), state="held")
    put_reads(registers[:1], date(2026, 5, 2), np.array([30_000]), kind="self")
    put_reads(registers[:1], date(2026, 5, 3), np.array([30_500]), kind="estimate")
    table = billing_reads(service_point_ids=points[:1], since=APR, through=JUL)
    assert table["kind_name"].to_pylist() == ["reader", "self", "estimate", "reader"]
    assert table["kind"].to_pylist() == [1, 2, 3, 1]
    actual = billing_reads(service_point_ids=points[:1], since=APR, through=JUL, actual_only=True)
    assert actual["kind"].to_pylist() == [1, 2, 1]


def test_a_meter_gives_no_reads_to_a_point_it_has_left(three_points):
    points, registers = three_points
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE metering_installation SET installed = daterange('2026-01-01', '2026-04-01') WHERE register_id = %s",
            [int(registers[0])],
        )
    table = billing_reads(service_point_ids=points[:1], since=JAN, through=JUL)
    assert table["read_on"].to_pylist() == [JAN, APR]  # the read of the removal day still belongs to it


def test_days_and_points_must_match(three_points):
    points, _ = three_points
    with pytest.raises(ValueError, match="1 days against 3"):
        billing_reads(service_point_ids=points, since=np.array(["2026-01-01"], "datetime64[D]"), through=JUL)
    with pytest.raises(ValueError, match="needs the points"):
        billing_reads(service_point_ids=None, since=np.array(["2026-01-01"], "datetime64[D]"), through=JUL)
