"""End an envelope: a final state, a reason, and nothing left of ink, biometrics or codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sorgente.archive.signing.adapters.journal import add_event
from sorgente.archive.signing.core.values import EnvelopeState
from sorgente.archive.signing.models import Envelope, EnvelopeField, SigningCode

_LONGEST_REASON = 300


def end_envelope(
    envelope: Envelope, state: EnvelopeState, *, reason: str, at: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Move a held envelope to a final state; what was drawn on it is gone. Once completed, the sealed PDF holds it."""
    envelope.state = state.value
    envelope.ended_at = at
    envelope.end_reason = reason[:_LONGEST_REASON]
    envelope.save()
    EnvelopeField.objects.filter(envelope=envelope).update(ink=None, biometrics=None)
    void_codes(envelope, at=at)
    add_event(envelope, state.value, at=at, facts={"reason": reason, **(facts or {})})


def void_codes(envelope: Envelope, *, at: datetime) -> int:
    """Make every code sent so far useless; returns how many could still be used."""
    return SigningCode.objects.filter(envelope=envelope, used_at=None, void_at=None).update(void_at=at)
