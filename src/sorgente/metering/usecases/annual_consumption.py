"""The average annual consumption Ca of every service point, computed once a year and for each new point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection, transaction

from sorgente.metering.adapters.limits import figures
from sorgente.metering.core.consumption import annual_columns
from sorgente.metering.queries.for_billing import billing_reads
from sorgente.shared.columns import copy_columns, read_arrow

Long = npt.NDArray[np.int64]

_LOOK_BACK = timedelta(days=5 * 366)  # measures are kept five years (TIMSII)
_POINTS = """
SELECT i.service_point_id AS id FROM metering_installation i
 WHERE i.installed @> %(day)s::date
   AND NOT (%(missing)s AND EXISTS (
       SELECT FROM metering_annualconsumption a WHERE a.service_point_id = i.service_point_id AND a.year = %(year)s))
 ORDER BY 1
"""
_KNOWN = "SELECT service_point_id, quantity_milli FROM metering_annualconsumption WHERE year = %s AND basis = 'reads'"
_MERGE = """
INSERT INTO metering_annualconsumption
       (service_point_id, year, quantity_milli, basis, earlier_on, later_on, computed_on)
SELECT service_point_id, %(year)s, quantity_milli, basis, earlier_on, later_on, %(day)s FROM annual_given
    ON CONFLICT (service_point_id, year) DO UPDATE
   SET quantity_milli = excluded.quantity_milli, basis = excluded.basis, earlier_on = excluded.earlier_on,
       later_on = excluded.later_on, computed_on = excluded.computed_on
"""


@dataclass(frozen=True, slots=True)
class AnnualComputed:
    points: int
    from_reads: int
    from_class: int


@transaction.atomic
def compute_annual_consumption(
    *, year: int, as_of: date, classes: pa.Table | None = None, only_missing: bool = False
) -> AnnualComputed:
    """Compute and store Ca of every service point with a meter, for the estimates of a year.

    year          the year whose estimates it serves; due by 31 July of the year before
    as_of         reads up to this day count
    classes       service_point_id int64, category string: the use class of each point. A point without two measures
                  far enough apart gets the mean of its class; without classes, of everybody
    only_missing  leave what is computed already: for points connected after the yearly computation
    source        TIMSII 218/2016 Annex A, art. 10; rules/metering/annual_consumption.yaml, class_mean.yaml
    """
    terms = figures("annual_consumption", as_of)
    wanted = {"day": as_of, "missing": only_missing, "year": year}
    points = read_arrow(connection, _POINTS, wanted)["id"].to_numpy()
    reads = billing_reads(
        service_point_ids=points if only_missing else None, since=as_of - _LOOK_BACK, through=as_of, actual_only=True
    )
    found = annual_columns(
        reads["service_point_id"].to_numpy(),
        reads["register_id"].to_numpy(),
        reads["read_on"].to_numpy().astype(np.int64),
        reads["running_milli"].to_numpy(),
        min_days_apart=terms["min_days_apart"],
        trend=Decimal(terms["trend"]),
    )
    keep = np.isin(found.service_point_id, points)
    measured, ca = found.service_point_id[keep], found.ca_milli[keep]
    others = np.setdiff1d(points, measured)
    if only_missing:
        before = read_arrow(connection, _KNOWN, [year])
        sample = np.concatenate([measured, before["service_point_id"].to_numpy()])
        sample_ca = np.concatenate([ca, before["quantity_milli"].to_numpy()])
    else:
        sample, sample_ca = measured, ca
    means = _class_means(others, sample, sample_ca, classes, figures("class_mean", as_of)["any"])
    none = np.full(others.size, np.datetime64("NaT"), dtype="datetime64[D]")
    _store(
        {
            "service_point_id": np.concatenate([measured, others]),
            "quantity_milli": np.concatenate([ca, means]),
            "basis": ["reads"] * measured.size + ["class"] * others.size,
            "earlier_on": np.concatenate([found.earlier_day[keep].astype("datetime64[D]"), none]),
            "later_on": np.concatenate([found.later_day[keep].astype("datetime64[D]"), none]),
        },
        year,
        as_of,
    )
    return AnnualComputed(int(points.size), int(measured.size), int(others.size))


def _class_means(points: Long, sample: Long, sample_ca: Long, classes: pa.Table | None, nobody: int) -> Long:
    """Return the mean of each point's class, of everybody where the class has no measure, else the rule's figure."""
    everybody = (2 * int(sample_ca.sum()) + sample.size) // (2 * sample.size) if sample.size else nobody
    means = np.full(points.size, everybody, dtype=np.int64)
    if classes is None or points.size == 0:
        return means
    ids = classes["service_point_id"].to_numpy()
    order = np.argsort(ids)
    coded = classes["category"].combine_chunks().dictionary_encode().indices.to_numpy()[order]
    ids = ids[order]
    count = int(coded.max()) + 1 if coded.size else 0
    of_sample, has = _class_of(sample, ids, coded)
    people = np.bincount(of_sample[has], minlength=count)
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, of_sample[has], sample_ca[has])
    mean = np.where(people > 0, (2 * total + people) // np.maximum(2 * people, 1), everybody)
    of_point, known = _class_of(points, ids, coded)
    means[known] = mean[of_point[known]]
    return means


def _class_of(points: Long, ids: Long, coded: npt.NDArray[Any]) -> tuple[Long, npt.NDArray[np.bool_]]:
    if ids.size == 0:
        return np.zeros(points.size, dtype=np.int64), np.zeros(points.size, dtype=bool)
    at = np.clip(np.searchsorted(ids, points), 0, ids.size - 1)
    return coded[at].astype(np.int64), ids[at] == points


def _store(columns: dict[str, Any], year: int, as_of: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE annual_given (service_point_id bigint, quantity_milli bigint, basis text,"
            " earlier_on date, later_on date)"
        )
        copy_columns(cursor, "annual_given", columns)
        cursor.execute(_MERGE, {"year": year, "day": as_of})
        cursor.execute("DROP TABLE annual_given")
