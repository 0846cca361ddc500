"""Ca in bulk: from reads, from the class, and asked for again."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from sorgente.metering.models import AnnualConsumption
from sorgente.metering.queries import annual_consumption_columns
from sorgente.metering.queries.point_meters import annual_consumption
from sorgente.metering.usecases.annual_consumption import compute_annual_consumption
from tests.metering.builders import make_metered_points, put_reads

pytestmark = pytest.mark.django_db

JULY = date(2025, 7, 31)


@pytest.fixture
def town():
    """Five points: three with a year of reads (100, 200 and 700 m3), two without."""
    points, registers = make_metered_points(5, installed_on=date(2024, 1, 1))
    put_reads(registers[:3], date(2024, 6, 1), np.array([0, 0, 0]))
    put_reads(registers[:3], date(2025, 6, 1), np.array([100_000, 200_000, 700_000]))
    put_reads(registers[3:4], date(2025, 1, 1), np.array([3_000]))
    return points


def stored(points, year=2026):
    rows = AnnualConsumption.objects.filter(year=year)
    found = {row.service_point_id: (row.quantity_milli, row.basis) for row in rows}
    return [found.get(int(point)) for point in points]


def test_reads_where_there_are_two_class_means_elsewhere(town):
    classes = pa.table({"service_point_id": town, "category": ["home", "home", "farm", "home", "farm"]})
    done = compute_annual_consumption(year=2026, as_of=JULY, classes=classes)
    assert (done.points, done.from_reads, done.from_class) == (5, 3, 2)
    assert stored(town) == [
        (100_000, "reads"), (200_000, "reads"), (700_000, "reads"), (150_000, "class"), (700_000, "class"),
    ]  # fmt: skip
    first = AnnualConsumption.objects.get(service_point_id=int(town[0]))
    assert (first.earlier_on, first.later_on, first.computed_on) == (date(2024, 6, 1), date(2025, 6, 1), JULY)


def test_next_years_figure_does_not_hold_yet(town):
    compute_annual_consumption(year=2025, as_of=date(2024, 7, 31))
    compute_annual_consumption(year=2026, as_of=JULY)
    first = int(town[0])
    assert annual_consumption([first], year=2026) == {first: 100_000}
    assert annual_consumption([first], year=2025) == {first: stored(town, 2025)[0][0]} != {first: 100_000}
    assert annual_consumption([first], year=2024) == {}


def test_without_classes_everybody_is_the_class(town):
    compute_annual_consumption(year=2026, as_of=JULY)
    assert stored(town)[3] == (333_333, "class")


def test_a_class_nobody_measured_takes_everybody_and_an_empty_town_the_rule(town):
    classes = pa.table({"service_point_id": town, "category": ["home", "home", "farm", "new", "new"]})
    compute_annual_consumption(year=2026, as_of=JULY, classes=classes)
    assert stored(town)[3] == (333_333, "class")
    compute_annual_consumption(year=2024, as_of=date(2024, 2, 1))
    assert stored(town, 2024) == [(110_000, "class")] * 5


def test_again_with_later_reads_it_is_replaced(town):
    compute_annual_consumption(year=2026, as_of=date(2025, 5, 1))
    assert stored(town)[0] == (110_000, "class")
    compute_annual_consumption(year=2026, as_of=JULY)
    assert stored(town)[0] == (100_000, "reads")
    assert AnnualConsumption.objects.count() == 5


def test_new_points_get_the_mean_of_those_computed_before(town):
    compute_annual_consumption(year=2026, as_of=JULY)
    new, _ = make_metered_points(1, installed_on=date(2025, 10, 1))
    done = compute_annual_consumption(year=2026, as_of=date(2025, 10, 2), only_missing=True)
    assert (done.points, done.from_class) == (1, 1)
    assert stored(new) == [(333_333, "class")]
    assert AnnualConsumption.objects.get(service_point_id=int(town[0])).computed_on == JULY


def test_estimates_are_no_measures(town):
    AnnualConsumption.objects.all().delete()
    points, registers = make_metered_points(1, installed_on=date(2024, 1, 1))
    put_reads(registers, date(2024, 6, 1), np.array([0]))
    put_reads(registers, date(2025, 6, 1), np.array([900_000]), kind="estimate")
    compute_annual_consumption(year=2026, as_of=JULY)
    assert stored(points) == [(333_333, "class")]


def test_asked_for_a_day_it_answers_in_order(town):
    compute_annual_consumption(year=2025, as_of=date(2024, 7, 31))
    compute_annual_consumption(year=2026, as_of=JULY)
    ids = np.array([town[2], 10**9, town[0]])
    found = annual_consumption_columns(service_point_ids=ids, on=date(2026, 3, 1)).to_pydict()
    assert found["service_point_id"] == ids.tolist()
    assert found["ca_milli"] == [700_000, None, 100_000]
    assert found["year"] == [2026, None, 2026]
    assert annual_consumption_columns(service_point_ids=ids, on=date(2025, 3, 1))["year"].to_pylist() == [
        2025,
        None,
        2025,
    ]
    assert annual_consumption_columns(service_point_ids=ids, on=date(2024, 3, 1))["ca_milli"].null_count == 3
