"""Give up an envelope, or let time end it. Nothing that was drawn is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.archive.signing.adapters import ending
from sorgente.archive.signing.adapters.under_way import EnvelopeEnded, locked, name_of
from sorgente.archive.signing.core.values import FINAL_STATES, EnvelopeState
from sorgente.archive.signing.models import Envelope

__all__ = ["EnvelopeEnded", "cancel_envelope", "expire_envelopes"]


@transaction.atomic
def cancel_envelope(*, envelope_id: int, reason: str, by: str, at: datetime) -> EnvelopeState:
    """Cancel an envelope, lost ones too: no document is sealed, ink and biometrics are gone. Again changes nothing.

    raises  UnknownEnvelope; EnvelopeEnded when it was completed
    """
    envelope = locked(envelope_id)
    state = EnvelopeState(envelope.state)
    if state is EnvelopeState.COMPLETED:
        raise EnvelopeEnded(name_of(envelope), "It is completed.", "Use the right of withdrawal, or end the contract.")
    if not state.final:
        ending.end_envelope(envelope, EnvelopeState.CANCELLED, reason=reason, at=at, facts={"by": by})
    return EnvelopeState(envelope.state)


def expire_envelopes(*, at: datetime) -> int:
    """End every envelope whose time is over; returns how many. A timed job; each ends by itself."""
    due = Envelope.objects.filter(ended_at=None, expires_at__lte=at).exclude(state__in=FINAL_STATES)
    ended = 0
    for envelope_id in due.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            envelope = locked(envelope_id)
            if not EnvelopeState(envelope.state).final:
                ending.end_envelope(envelope, EnvelopeState.EXPIRED, reason="time is over", at=at)
                ended += 1
    return ended
