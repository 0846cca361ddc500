"""Write the chain of events of an envelope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sorgente.archive.signing.core.chain import event_hash, instant
from sorgente.archive.signing.models import Envelope, EnvelopeEvent


def add_event(envelope: Envelope, kind: str, *, at: datetime, facts: Mapping[str, Any] | None = None) -> None:
    """Append one event; the caller holds the envelope's lock.

    A clock that was set back does not turn the chain round: the event then carries the instant of the one before.
    """
    latest = EnvelopeEvent.objects.filter(envelope=envelope).order_by("-sequence").first()
    sequence = latest.sequence + 1 if latest else 1
    previous = latest.hash if latest else envelope.document_sha256
    happened = max(at, latest.at) if latest else at
    known = dict(facts or {})
    if happened != at:
        known["clock"] = instant(at)
    EnvelopeEvent.objects.create(
        envelope=envelope,
        sequence=sequence,
        at=happened,
        kind=kind,
        facts=known,
        previous_hash=previous,
        hash=event_hash(
            envelope_id=envelope.pk,
            sequence=sequence,
            at=instant(happened),
            kind=kind,
            facts=known,
            previous=previous,
        ),
    )
