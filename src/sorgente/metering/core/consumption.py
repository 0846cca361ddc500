"""What a register counts before it starts again, estimates, and the average annual consumption Ca."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

YEAR_DAYS = 365  # the year of TIMSII's formulas, leap or not
_TREND_SCALE = 10_000

Long = npt.NDArray[np.int64]


def turn_milli(digits: int) -> int:
    """Return what a register of so many whole digits counts before it starts again, in thousandths."""
    return int(10**digits) * 1000


def estimate_milli(ca_milli: Long, days: Long) -> Long:
    """Return the estimated consumption of so many days, in thousandths, half up; (n,) int64.

    ca_milli  average annual consumption, >= 0
    source    TIMSII 218/2016 Annex A, art. 11.1: Ca / 365 x days
    """
    return (2 * ca_milli * days + YEAR_DAYS) // (2 * YEAR_DAYS)


class AnnualColumns(NamedTuple):
    """Ca of the points that have two measures far enough apart; one row a point, sorted."""

    service_point_id: Long
    ca_milli: Long
    earlier_day: Long  # days since 1970
    later_day: Long


def annual_columns(
    service_point_id: Long, register_id: Long, day: Long, running_milli: Long, *, min_days_apart: int, trend: Decimal
) -> AnnualColumns:
    """Return Ca from measures (actual and validated self-reads), sorted by point, installation, day.

    Across a replaced meter the consumption adds up: the old meter's final read and the new one's first read
    lie on the same day, and what one shows has nothing to do with the other.

    source  TIMSII art. 10: of the latest measure and the latest one at least `min_days_apart` days before it
    """
    if service_point_id.size == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return AnnualColumns(nothing, nothing, nothing, nothing)
    step = np.zeros(day.size, dtype=np.int64)
    same = (service_point_id[1:] == service_point_id[:-1]) & (register_id[1:] == register_id[:-1])
    step[1:] = np.where(same, np.diff(running_milli), 0)
    used = np.cumsum(step)
    points, first = np.unique(service_point_id, return_index=True)
    latest = np.append(first[1:], day.size) - 1
    # One ascending key over all points, so that one binary search serves them all.
    span = int(day.max() - day.min()) + min_days_apart + 2
    rank = np.repeat(np.arange(points.size), np.diff(np.append(first, day.size)))
    key = rank * span + (day - day.min()) + min_days_apart
    wanted = np.arange(points.size) * span + (day[latest] - day.min())
    earlier = np.searchsorted(key, wanted, side="right") - 1
    good = earlier >= first
    points, latest, earlier = points[good], latest[good], earlier[good]
    days = day[latest] - day[earlier]
    top = (used[latest] - used[earlier]) * YEAR_DAYS * int(trend * _TREND_SCALE)
    bottom = days * _TREND_SCALE
    ca = (2 * np.maximum(top, 0) + bottom) // (2 * bottom)
    return AnnualColumns(points, ca, day[earlier], day[latest])
