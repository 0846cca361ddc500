"""Opening hours cut into slots: pure, in the local time of the place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sorgente.shared.calendar import Calendar

ROME = ZoneInfo("Europe/Rome")


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours; `until_on` is the first day without them."""

    weekday: int
    opens_at: time
    closes_at: time
    slot_minutes: int
    from_on: date
    until_on: date | None


def slots_of(hours: Hours, *, start: date, end: date, days: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield (start, end) of every slot in [start, end); none on holidays, none that would end after closing.

    Local hours keep their meaning when the clocks change: nine o'clock is nine o'clock.
    """
    day = max(start, hours.from_on)
    last = end if hours.until_on is None else min(end, hours.until_on)
    step = timedelta(minutes=hours.slot_minutes)
    while day < last:
        if day.isoweekday() == hours.weekday and not days.is_holiday(day):
            begins = datetime.combine(day, hours.opens_at)
            closing = datetime.combine(day, hours.closes_at)
            while begins + step <= closing:
                yield begins.replace(tzinfo=ROME), (begins + step).replace(tzinfo=ROME)
                begins += step
        day += timedelta(days=1)
