"""Correct an ended row of the register with a new one."""

from __future__ import annotations

from datetime import datetime

from sorgente.quality.core.indemnity import Cause, Exclusion
from sorgente.quality.models import Performance
from sorgente.quality.usecases.accrue import accrue, exclude
from sorgente.quality.usecases.clock_errors import ClockEnded, ClockGoesBack
from sorgente.quality.usecases.clockwork import OPEN, clock_named, elapsed_until, local, standard_of
from sorgente.quality.usecases.stop_clock import refuse_no_proof


def correct_performance(
    *,
    standard: str,
    reference: str,
    reason: str,
    at: datetime,
    ended_at: datetime | None = None,
    cause: Cause | None = None,
    proof: str = "",
) -> Performance:
    """Write a new revision of an ended performance with another end or another cause; the old row stays.

    What was not yet paid follows the new row; what is on a bill or paid is never asked back, only added to.
    raises  UnknownClock, ClockEnded when the clock still runs, ClockGoesBack, ProofMissing
    """
    old = clock_named(standard=standard, reference=reference)
    if old.state in OPEN or old.ended_at is None:
        raise ClockEnded(
            f"Clock {standard} of {reference}",
            f"It is {old.state}: nothing has ended to correct.",
            "Use the clock itself.",
        )
    new_end, new_cause = ended_at or old.ended_at, cause or Cause(old.cause)
    new_proof = proof or old.proof
    refuse_no_proof(standard=standard, reference=reference, cause=new_cause, proof=new_proof)
    if new_end < old.started_at:
        raise ClockGoesBack(
            f"Clock {standard} of {reference}",
            f"It would end at {new_end}, before {old.started_at}.",
            "Give the instant at which the performance was done.",
        )
    copied = {
        one.attname: getattr(old, one.attname)
        for one in Performance._meta.concrete_fields
        if one.attname not in ("id", "revision", "corrects_id")
    }
    new = Performance(**copied)
    new.revision, new.corrects = old.revision + 1, old
    new.ended_at, new.cause, new.proof, new.text = new_end, new_cause.value, new_proof[:300], reason[:200]
    level = standard_of(old)
    if level.unit.is_days or level.unit.is_time:
        new.elapsed = elapsed_until(old, new_end)
    new.within = level.is_within(new.elapsed or 0, level_amount=new.level_amount)
    new.save(force_insert=True)
    on = local(at).date()
    exclude(old, reason=Exclusion.CORRECTED, on=on, at=at, note=reason)
    accrue(new, amount=new.elapsed or 0, on=on, at=at)
    return new
