"""What happened to an envelope, in order and chained."""

from __future__ import annotations

from sorgente.archive.signing.core.chain import ChainedEvent, instant
from sorgente.archive.signing.models import EnvelopeEvent


def events(envelope_id: int) -> list[ChainedEvent]:
    """Return all events of an envelope, the first first."""
    return [
        ChainedEvent(one.sequence, instant(one.at), one.kind, one.facts, one.previous_hash, one.hash)
        for one in EnvelopeEvent.objects.filter(envelope=envelope_id).order_by("sequence")
    ]
