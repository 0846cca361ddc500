"""Between a row of the register and the pure clock: local time, suspensions, the calendar in use."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from sorgente.quality.core import clock
from sorgente.quality.core.clock import Pause
from sorgente.quality.core.standards import Standard, late_arrival, standard
from sorgente.quality.models import Performance
from sorgente.quality.usecases.clock_errors import ClockEnded, NoClock, UnknownClock
from sorgente.shared.calendar import calendar

OPEN = (Performance.State.RUNNING, Performance.State.SUSPENDED)


def local(instant: datetime) -> datetime:
    """Return the instant with the utility's wall time, whose date is the day it counts for."""
    return timezone.localtime(instant)


def end_of_day(day: date) -> datetime:
    """Return the latest instant of a day: what has elapsed by then, the day itself counted."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_default_timezone())


def timed(code: str, *, on: date) -> Standard:
    """Return the standard if a clock measures it; raises UnknownStandard, NoClock."""
    found = standard(code, on=on)
    if not (found.unit.is_days or found.unit.is_time):
        raise NoClock(
            f"Standard {code}", f"It counts {found.unit}, not time.", "Record what was counted with record_observation."
        )
    return found


def standard_of(performance: Performance) -> Standard:
    return standard(performance.standard, on=local(performance.started_at).date())


def pauses_of(performance: Performance) -> list[Pause]:
    """Return the suspensions of a performance; one that is not stored yet has none."""
    if performance.pk is None:
        return []
    return [
        Pause(local(start), None if end is None else local(end))
        for start, end in performance.suspensions.order_by("start_at").values_list("start_at", "end_at")
    ]


def elapsed_until(performance: Performance, until: datetime) -> int:
    """Return what has elapsed on the clock of a performance, without its suspensions."""
    started = local(performance.started_at)
    return clock.elapsed(
        standard_of(performance),
        started,
        local(until),
        pauses=pauses_of(performance),
        days=calendar(),
        late=late_arrival(on=started.date()),
    )


def set_deadline(performance: Performance) -> None:
    """Write on the performance when its time is up; nothing while it is suspended."""
    started = local(performance.started_at)
    found = clock.deadline(
        standard_of(performance),
        started,
        pauses=pauses_of(performance),
        level_amount=performance.level_amount,
        days=calendar(),
        late=late_arrival(on=started.date()),
    )
    performance.due_at = found
    performance.due_on = None if found is None else clock.latest_day(local(found))


def clock_named(*, standard: str, reference: str) -> Performance:
    """Return the latest revision of a clock, locked; raises UnknownClock."""
    found = (
        Performance.objects.select_for_update().filter(standard=standard, reference=reference).order_by("-revision")
    ).first()
    if found is None:
        raise UnknownClock(
            f"Clock {standard} of {reference}",
            "It was never started.",
            "Start it with the day the request was complete.",
        )
    return found


def open_clock(*, standard: str, reference: str) -> Performance:
    """Return the clock, locked and still open; raises UnknownClock, ClockEnded."""
    found = clock_named(standard=standard, reference=reference)
    if found.state not in OPEN:
        raise ClockEnded(
            f"Clock {standard} of {reference}",
            f"It is {found.state} and no longer changes.",
            "Record a correction, which is a new row, with correct_performance.",
        )
    return found
