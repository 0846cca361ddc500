"""The signer opens the link, sees the document, and reads it to the end: nothing is signed before."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.archive.signing.adapters.journal import add_event
from sorgente.archive.signing.adapters.under_way import name_of, under_way
from sorgente.archive.signing.core.values import EnvelopeState, FieldState, Source
from sorgente.archive.signing.models import EnvelopeEvent
from sorgente.shared.errors import SorgenteError

__all__ = ["NotShownYet", "Source", "record_opened", "record_read_to_end", "record_shown"]

_NOWHERE = Source()


class NotShownYet(SorgenteError):
    code = "signing.envelope.not-shown-yet"


@transaction.atomic
def record_opened(*, envelope_id: int, at: datetime, source: Source) -> bool:
    """Record that the link was opened, once a device; returns False for a device other than the first.

    A forwarded link is no obstacle by itself: the code still goes to the verified contact alone. It is evidence.
    `source.device` is a random name the page keeps in a cookie.
    raises    UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost
    """
    envelope = under_way(envelope_id, at=at)
    seen = list(
        EnvelopeEvent.objects.filter(envelope=envelope, kind__in=("link_opened", "link_opened_elsewhere"))
        .order_by("sequence")
        .values_list("facts__device", flat=True)
    )
    device = source.facts().get("device")
    elsewhere = bool(seen) and device != seen[0]
    if device not in seen:
        add_event(envelope, "link_opened_elsewhere" if elsewhere else "link_opened", at=at, facts=source.facts())
    return not elsewhere


@transaction.atomic
def record_shown(*, envelope_id: int, at: datetime, source: Source = _NOWHERE) -> EnvelopeState:
    """Record that the document is on the signer's screen; again changes nothing.

    raises  UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost
    """
    envelope = under_way(envelope_id, at=at)
    if envelope.shown_at is None:
        envelope.shown_at = at
        envelope.state = EnvelopeState.SHOWN.value
        envelope.save()
        add_event(envelope, "shown", at=at, facts={"document_sha256": envelope.document_sha256, **source.facts()})
    return EnvelopeState(envelope.state)


@transaction.atomic
def record_read_to_end(*, envelope_id: int, at: datetime, source: Source = _NOWHERE) -> EnvelopeState:
    """Record that the signer scrolled to the end of the latest page; again changes nothing.

    raises  NotShownYet, UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost
    """
    envelope = under_way(envelope_id, at=at)
    if envelope.shown_at is None:
        raise NotShownYet(name_of(envelope), "The document was not shown yet.", "Show it to the customer first.")
    if envelope.read_at is None:
        envelope.read_at = at
        envelope.state = EnvelopeState.READ.value
        envelope.save()
        if envelope.fields.exclude(state=FieldState.WAITING.value).exists():
            # Read again on another tablet: what was signed on the lost one stays signed.
            envelope.state = EnvelopeState.SIGNING.value
            envelope.save()
        add_event(envelope, "read_to_end", at=at, facts=source.facts())
    return EnvelopeState(envelope.state)
