"""Start the clock of a performance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sorgente.quality.models import Performance
from sorgente.quality.usecases.clock_errors import ClockDiffers, ClockGoesBack
from sorgente.quality.usecases.clockwork import local, set_deadline, timed


def start_clock(
    *,
    standard: str,
    reference: str,
    contract_account_number: str = "",
    contract_number: str = "",
    user_class: str = "",
    service: str = "",
    channel: str,
    started_at: datetime,
    requested_at: datetime | None = None,
    band_end_at: datetime | None = None,
    officer: str = "",
    documents: Sequence[str] = (),
    text: str = "",
) -> Performance:
    """Start a clock, or return it when it was started before with the same content.

    standard      "S12"; it must be one that a clock measures
    reference     what the performance is about: request:12, ticket:7, appointment:AB12
    started_at    when the clock starts: for most standards, when the request is complete
    requested_at  when the request came, if earlier
    band_end_at   end of a promised appointment band, shorter than the standard's: the promise is then the level
    raises        UnknownStandard, NoClock, ClockDiffers, ClockGoesBack
    """
    level = timed(standard, on=local(started_at).date())
    asked_at = requested_at or started_at
    if asked_at > started_at or (band_end_at is not None and band_end_at <= started_at):
        raise ClockGoesBack(
            f"Clock {standard} of {reference}",
            f"It would start at {started_at} with a request of {asked_at} and a band until {band_end_at}.",
            "Give the request first, then the start, then the end of the band.",
        )
    content = {
        "account_number": contract_account_number,
        "contract_number": contract_number,
        "user_class": user_class,
        "service": service,
        "channel": channel,
        "started_at": started_at,
        "requested_at": asked_at,
        "band_end_at": band_end_at,
        "officer": officer,
        "documents": list(documents),
        "text": text[:200],
    }
    found = Performance.objects.filter(standard=standard, reference=reference).order_by("revision").first()
    if found is not None:
        return _same(found, content)
    promised = level.level_amount
    if band_end_at is not None:
        promised = min(promised, int((band_end_at - started_at).total_seconds()))
    performance = Performance(
        standard=standard,
        reference=reference,
        level=level.level,
        unit=level.unit.value,
        level_amount=promised,
        cite=level.cite,
        **content,
    )
    set_deadline(performance)
    performance.save(force_insert=True)
    return performance


def _same(found: Performance, content: dict[str, object]) -> Performance:
    for field, value in content.items():
        if getattr(found, field) != value:
            raise ClockDiffers(
                f"Clock {found.standard} of {found.reference}",
                f"It was started before with another {field}: {getattr(found, field)}, now {value}.",
                "Use the reference of the new request, or correct the row with correct_performance.",
            )
    return found
