"""The clock of a performance: what has elapsed, in the unit of its standard, and when its time is up.

    started     suspended          resumed              ended
       |------------|= = = = = = = = = =|-------------------|
     day 0        counts          days after it began,    counts
                                  up to the day it ended,
                                  do not count

Instants carry the local time of the utility, so that their date is the day people saw on the wall. The day of an event
is day 0 and the next day of the right kind is day 1 (reference: rules/calendars); a suspension is counted the same way:
the day it begins still counted for the operator, the day it ends is the new day 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sorgente.quality.core.standards import LateArrival, Standard, Unit
from sorgente.shared.calendar import Calendar

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count, [start, end); end None while it lasts."""

    start: datetime
    end: datetime | None = None


def day_zero(standard: Standard, started_at: datetime, *, days: Calendar, late: LateArrival) -> date:
    """Return the day from which a clock counts: that of the event, or the next working day after a late request."""
    day = started_at.date()
    is_late = late.used and standard.starts_by_request and days.is_working_day(day) and started_at.time() > late.after
    return days.next_working_day(day) if is_late else day


def elapsed(
    standard: Standard,
    started_at: datetime,
    until: datetime,
    *,
    pauses: Sequence[Pause] = (),
    days: Calendar,
    late: LateArrival,
) -> int:
    """Return how much has passed, without the pauses: days of the standard's kind, or whole seconds; never negative.

    raises  ValueError when the standard counts things, which no clock measures
    """
    if standard.unit.is_time:
        return _seconds(started_at, until, pauses)
    counts = _counting(standard.unit, days)
    start, end = day_zero(standard, started_at, days=days, late=late), until.date()
    stretches = _day_stretches(pauses, end)
    day, count = start, 0
    while day < end:
        day += _ONE
        count += counts(day) and not _is_paused(day, stretches)
    return count


def deadline(
    standard: Standard,
    started_at: datetime,
    *,
    pauses: Sequence[Pause] = (),
    level_amount: int | None = None,
    days: Calendar,
    late: LateArrival,
) -> datetime | None:
    """Return the first instant that is too late; None while a pause lasts.

    For a standard of days it is the midnight after the latest good day. A standard of the kind "at least" (notice
    before a visit) has its earliest good instant here, by the same count.
    """
    if any(pause.end is None for pause in pauses):
        return None
    amount = standard.level_amount if level_amount is None else level_amount
    if standard.unit.is_time:
        return _instant_after(started_at, amount, pauses)
    counts = _counting(standard.unit, days)
    day = day_zero(standard, started_at, days=days, late=late)
    stretches = _day_stretches(pauses, date.max)
    while amount > 0:
        day += _ONE
        amount -= counts(day) and not _is_paused(day, stretches)
    return datetime.combine(day + _ONE, datetime.min.time(), tzinfo=started_at.tzinfo)


def latest_day(before: datetime) -> date:
    """Return the latest day that is still in time, from a deadline: what people call the day it falls due."""
    return (before - timedelta(microseconds=1)).date()


def latest_payment_on(started_on: date, *, days: int, arrears_paid_on: date | None = None) -> date:
    """Return the latest day to pay an indemnity: from the start of the clock, or from the day arrears were paid.

    days  rules: arera.quality.indemnity_payment_days
    """
    return max(started_on, arrears_paid_on or started_on) + timedelta(days=days)


def _counting(unit: Unit, days: Calendar) -> Callable[[date], bool]:
    if unit is Unit.WORKING_DAYS:
        return days.is_working_day
    if unit is Unit.FERIALI_DAYS:
        return days.is_feriale
    if unit is Unit.CALENDAR_DAYS:
        return lambda _day: True
    raise ValueError(f"No clock measures {unit}.")


def _day_stretches(pauses: Sequence[Pause], end: date) -> list[tuple[date, date]]:
    """Return (first day, latest day) that do not count, both included."""
    return [(pause.start.date() + _ONE, end if pause.end is None else pause.end.date()) for pause in pauses]


def _is_paused(day: date, stretches: Sequence[tuple[date, date]]) -> bool:
    return any(first <= day <= latest for first, latest in stretches)


# Seconds are counted on the time line, not on the wall: an hour lost or gained by summer time is no delay.
def _seconds(started_at: datetime, until: datetime, pauses: Sequence[Pause]) -> int:
    start, end = started_at.timestamp(), max(until.timestamp(), started_at.timestamp())
    passed = end - start
    for left, right in _merged(pauses, end):
        passed -= max(0.0, min(right, end) - max(left, start))
    return int(passed)


def _instant_after(started_at: datetime, seconds: int, pauses: Sequence[Pause]) -> datetime:
    at = started_at.timestamp()
    left_over = float(seconds)
    for left, right in _merged(pauses, at):
        if right <= at:
            continue
        if left - at > left_over:
            break
        left_over -= max(0.0, left - at)
        at = right
    return datetime.fromtimestamp(at + left_over, tz=started_at.tzinfo) + timedelta(microseconds=1)


def _merged(pauses: Sequence[Pause], end: float) -> list[tuple[float, float]]:
    """Return the pauses as stretches of the time line that do not overlap, in order."""
    spans = sorted((one.start.timestamp(), end if one.end is None else one.end.timestamp()) for one in pauses)
    merged: list[tuple[float, float]] = []
    for left, right in spans:
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged
