"""Take hold of an envelope that can still be signed, or say why it cannot."""

from __future__ import annotations

from datetime import datetime

from sorgente.archive.signing.core.refusals import UnknownEnvelope
from sorgente.archive.signing.core.values import EnvelopeState
from sorgente.archive.signing.models import Envelope, EnvelopeField
from sorgente.shared.errors import SorgenteError


class EnvelopeEnded(SorgenteError):
    code = "signing.envelope.ended"


class EnvelopeExpired(SorgenteError):
    code = "signing.envelope.expired"


class EnvelopeLost(SorgenteError):
    code = "signing.envelope.lost"


class WrongMethod(SorgenteError):
    code = "signing.envelope.wrong-method"


class NotReadYet(SorgenteError):
    code = "signing.envelope.not-read-yet"


class EnrolmentRevoked(SorgenteError):
    code = "signing.envelope.enrolment-revoked"


class UnknownField(SorgenteError):
    code = "signing.field.unknown"


def name_of(envelope: Envelope) -> str:
    return f"Envelope {envelope.pk} ({envelope.title})"


def locked(envelope_id: int) -> Envelope:
    """Return the envelope, held until the transaction ends; raises UnknownEnvelope."""
    envelope = Envelope.objects.select_for_update().filter(pk=envelope_id).first()
    if envelope is None:
        raise UnknownEnvelope(f"Envelope {envelope_id}", "There is none.", "Open it again from the request.")
    return envelope


def refuse_unless_under_way(envelope: Envelope, *, at: datetime) -> None:
    """Raise EnvelopeEnded, EnvelopeExpired or EnvelopeLost when nothing may be signed any more."""
    state = EnvelopeState(envelope.state)
    if state is EnvelopeState.EXPIRED or (not state.final and envelope.expires_at <= at):
        raise EnvelopeExpired(
            name_of(envelope),
            f"It could be signed until {envelope.expires_at:%Y-%m-%d %H:%M} UTC.",
            "Open a new one from the request.",
        )
    if state.final:
        raise EnvelopeEnded(name_of(envelope), f"It is {state.value}.", "Open a new one if something must be signed.")
    if state is EnvelopeState.LOST:
        raise EnvelopeLost(
            name_of(envelope), "Its tablet was lost before the end.", "Send it to another tablet, or cancel it."
        )


def refuse_unless_read(envelope: Envelope) -> None:
    """Raise NotReadYet when the signer has not come to the end of the document."""
    if envelope.read_at is None:
        raise NotReadYet(name_of(envelope), "It was not read to the end.", "Let the customer read it to the end first.")


def refuse_unless_enrolled(envelope: Envelope, enrolled: bool) -> None:
    """Raise EnrolmentRevoked when the adhesion to the advanced signature was taken back meanwhile."""
    if not enrolled:
        raise EnrolmentRevoked(
            name_of(envelope),
            f"{envelope.signer_name} revoked the adhesion to the advanced signature.",
            "Cancel it and sign on paper.",
        )


def under_way(envelope_id: int, *, at: datetime) -> Envelope:
    """Return the envelope, held; raises UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost."""
    envelope = locked(envelope_id)
    refuse_unless_under_way(envelope, at=at)
    return envelope


def field_of(envelope: Envelope, key: str) -> EnvelopeField:
    """Return one field; raises UnknownField."""
    field = EnvelopeField.objects.filter(envelope=envelope, key=key).first()
    if field is None:
        raise UnknownField(name_of(envelope), f"It has no field {key!r}.", "Reload the page.")
    return field
