"""Write a performance that is known only when it is over: a wait, a month of calls, a year's bills, an arrival."""

from __future__ import annotations

from datetime import datetime, timedelta

from sorgente.quality.core.indemnity import Cause
from sorgente.quality.core.standards import standard as standard_on
from sorgente.quality.models import Performance
from sorgente.quality.usecases.accrue import accrue
from sorgente.quality.usecases.clock_errors import ClockDiffers, ClockGoesBack
from sorgente.quality.usecases.clockwork import elapsed_until, local
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.quality.usecases.stop_clock import refuse_no_proof, stop_clock


def record_observation(
    *,
    standard: str,
    reference: str,
    started_at: datetime,
    ended_at: datetime,
    value: int | None = None,
    level: int | None = None,
    contract_account_number: str = "",
    contract_number: str = "",
    user_class: str = "",
    channel: str = "",
    cause: Cause = Cause.OPERATOR,
    proof: str = "",
    officer: str = "",
    text: str = "",
) -> Performance:
    """Record an ended performance in one step; the same again is the same row.

    value   what was counted, of a standard that counts things (bills, attempts, percent); left out, the time between
            start and end is measured in the standard's unit
    level   the level of this customer, where the standard has classes (bills a year)
    raises  UnknownStandard, ClockDiffers, ClockGoesBack, ProofMissing
    """
    found = standard_on(standard, on=local(started_at).date())
    if ended_at < started_at:
        raise ClockGoesBack(
            f"Observation {standard} of {reference}",
            f"It ends at {ended_at}, before its start {started_at}.",
            "Give the earlier instant as the start.",
        )
    refuse_no_proof(standard=standard, reference=reference, cause=cause, proof=proof)
    own_level = found.level_amount if level is None else level
    performance = Performance(
        standard=standard, reference=reference, account_number=contract_account_number, contract_number=contract_number,
        user_class=user_class, channel=channel, text=text[:200], requested_at=started_at, started_at=started_at,
        ended_at=ended_at, state=Performance.State.ENDED, level=found.level if level is None else level,
        unit=found.unit.value, level_amount=own_level, cite=found.cite, cause=cause.value, proof=proof[:300],
        officer=officer,
    )  # fmt: skip
    performance.elapsed = elapsed_until(performance, ended_at) if value is None else value
    performance.within = found.is_within(performance.elapsed, level_amount=own_level)
    known = Performance.objects.filter(standard=standard, reference=reference).order_by("revision").first()
    if known is not None:
        _refuse_other(known, performance)
        return known
    performance.save(force_insert=True)
    accrue(performance, amount=performance.elapsed, on=local(ended_at).date(), at=ended_at)
    return performance


def record_wait(*, kind: str, reference: str, at: datetime, seconds: int, channel: str = "") -> tuple[Performance, ...]:
    """Record a wait that ended at `at`: "counter" counts for the longest and the mean, "emergency" for the answer.

    raises  UnknownStandard for another kind
    """
    standards = {"counter": ("G08", "G09"), "emergency": ("G13",)}.get(kind, (kind,))
    return tuple(
        record_observation(
            standard=one,
            reference=reference,
            started_at=at - timedelta(seconds=seconds),
            ended_at=at,
            channel=channel,
        )
        for one in standards
    )


def record_appointment_band(
    *,
    reference: str,
    band_start_at: datetime,
    band_end_at: datetime,
    arrived_at: datetime,
    contract_account_number: str = "",
    contract_number: str = "",
    channel: str = "",
    cause: Cause = Cause.OPERATOR,
    proof: str = "",
) -> Performance:
    """Record whether staff came within the band promised (S16); coming early is in time.

    raises  ClockDiffers, ClockGoesBack, ProofMissing
    """
    start_clock(
        standard="S16",
        reference=reference,
        contract_account_number=contract_account_number,
        contract_number=contract_number,
        channel=channel,
        started_at=band_start_at,
        band_end_at=band_end_at,
    )
    return stop_clock(
        standard="S16", reference=reference, ended_at=max(arrived_at, band_start_at), cause=cause, proof=proof
    )


def _refuse_other(known: Performance, new: Performance) -> None:
    for field in ("account_number", "contract_number", "started_at", "ended_at", "elapsed", "level_amount", "cause"):
        if getattr(known, field) != getattr(new, field):
            raise ClockDiffers(
                f"Observation {new.standard} of {new.reference}",
                f"It was recorded before with another {field}: {getattr(known, field)}, now {getattr(new, field)}.",
                "Use another reference, or correct the row with correct_performance.",
            )
