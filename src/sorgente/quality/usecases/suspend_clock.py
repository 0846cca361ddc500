"""Stop counting while others must act, and go on when they have."""

from __future__ import annotations

from datetime import datetime

from sorgente.quality.models import Performance, Suspension
from sorgente.quality.usecases.clock_errors import ClockGoesBack, ClockNotRunning
from sorgente.quality.usecases.clockwork import open_clock, set_deadline


def suspend_clock(
    *, standard: str, reference: str, at: datetime, cause: Suspension.Cause | str, note: str = ""
) -> Suspension:
    """Stop the clock: a permit of others ("permit"), an act of the customer ("customer"), no access ("access").

    The same suspension again changes nothing.
    raises  UnknownClock, ClockEnded, ClockGoesBack, ClockNotRunning when it is suspended for something else
    """
    performance = open_clock(standard=standard, reference=reference)
    running = performance.suspensions.filter(end_at__isnull=True).first()
    if running is not None:
        if (running.start_at, running.cause) == (at, str(cause)):
            return running
        raise ClockNotRunning(
            f"Clock {standard} of {reference}",
            f"It is suspended already, since {running.start_at} ({running.get_cause_display()}).",
            "Resume it first.",
        )
    latest = performance.suspensions.order_by("-end_at").values_list("end_at", flat=True).first()
    _refuse_before(performance, at, latest or performance.started_at)
    made = Suspension.objects.create(
        performance=performance, start_at=at, cause=Suspension.Cause(cause), note=note[:300]
    )
    performance.state = Performance.State.SUSPENDED
    set_deadline(performance)
    performance.save(update_fields=["state", "due_on", "due_at"])
    return made


def resume_clock(*, standard: str, reference: str, at: datetime) -> Performance:
    """Let a suspended clock go on; one that was resumed at the same instant is returned as it is.

    raises  UnknownClock, ClockEnded, ClockGoesBack, ClockNotRunning
    """
    performance = open_clock(standard=standard, reference=reference)
    running = performance.suspensions.filter(end_at__isnull=True).first()
    if running is None:
        if performance.suspensions.filter(end_at=at).exists():
            return performance
        raise ClockNotRunning(
            f"Clock {standard} of {reference}", "It is not suspended.", "Suspend it before it is resumed."
        )
    _refuse_before(performance, at, running.start_at)
    running.end_at = at
    running.save(update_fields=["end_at"])
    performance.state = Performance.State.RUNNING
    set_deadline(performance)
    performance.save(update_fields=["state", "due_on", "due_at"])
    return performance


def _refuse_before(performance: Performance, at: datetime, earliest: datetime) -> None:
    if at < earliest:
        raise ClockGoesBack(
            f"Clock {performance.standard} of {performance.reference}",
            f"{at} lies before {earliest}.",
            "Give an instant after what the clock already knows.",
        )
