"""End a clock: the performance was done, or it was called off."""

from __future__ import annotations

from datetime import datetime

from sorgente.quality.core.indemnity import Cause, Exclusion
from sorgente.quality.models import Performance
from sorgente.quality.usecases.accrue import accrue, exclude
from sorgente.quality.usecases.clock_errors import ClockGoesBack, ProofMissing
from sorgente.quality.usecases.clockwork import clock_named, elapsed_until, local, open_clock, standard_of


def stop_clock(
    *,
    standard: str,
    reference: str,
    ended_at: datetime,
    cause: Cause = Cause.OPERATOR,
    proof: str = "",
    officer: str = "",
) -> Performance:
    """End a performance and settle what it gives right to.

    cause   what a late performance is put down to; anything but the operator takes the indemnity away
    proof   needed with such a cause: the reference of a document, or what shows it
    raises  UnknownClock, ClockEnded, ClockGoesBack, ProofMissing
    """
    performance = clock_named(standard=standard, reference=reference)
    if performance.state == Performance.State.ENDED and (performance.ended_at, performance.cause) == (ended_at, cause):
        return performance
    performance = open_clock(standard=standard, reference=reference)
    refuse_no_proof(standard=standard, reference=reference, cause=cause, proof=proof)
    running = performance.suspensions.filter(end_at__isnull=True).first()
    earliest = performance.started_at if running is None else running.start_at
    if ended_at < earliest:
        raise ClockGoesBack(
            f"Clock {standard} of {reference}",
            f"It would end at {ended_at}, before {earliest}.",
            "Give the instant at which the performance was done.",
        )
    if running is not None:
        running.end_at = ended_at
        running.save(update_fields=["end_at"])
    amount = elapsed_until(performance, ended_at)
    performance.ended_at, performance.elapsed = ended_at, amount
    performance.within = standard_of(performance).is_within(amount, level_amount=performance.level_amount)
    performance.state, performance.cause, performance.proof = Performance.State.ENDED, cause, proof[:300]
    if officer:
        performance.officer = officer
    performance.save()
    on = local(ended_at).date()
    if cause is not Cause.OPERATOR:
        exclude(performance, reason=Exclusion(cause.value), on=on, at=ended_at, note=proof)
    accrue(performance, amount=amount, on=on, at=ended_at)
    return performance


def cancel_clock(*, standard: str, reference: str, reason: str, at: datetime) -> Performance:
    """Call a performance off: the request was withdrawn. It leaves the counts; what had accrued falls away.

    raises  UnknownClock, ClockEnded
    """
    performance = clock_named(standard=standard, reference=reference)
    if performance.state == Performance.State.CANCELLED:
        return performance
    performance = open_clock(standard=standard, reference=reference)
    exclude(performance, reason=Exclusion.CANCELLED, on=local(at).date(), at=at, note=reason)
    performance.state, performance.cancel_reason = Performance.State.CANCELLED, reason[:300]
    performance.save(update_fields=["state", "cancel_reason"])
    return performance


def refuse_no_proof(*, standard: str, reference: str, cause: Cause, proof: str) -> None:
    if cause is not Cause.OPERATOR and not proof.strip():
        raise ProofMissing(
            f"Clock {standard} of {reference}",
            f"The cause {cause} takes an indemnity away and has no proof.",
            "Give the reference of the document that proves it.",
        )
