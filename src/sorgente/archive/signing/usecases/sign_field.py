"""Sign or refuse one field: each is its own act, and none before the document was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from sorgente.archive.signing.adapters.biometric_key import biometric_key_id
from sorgente.archive.signing.adapters.ending import end_envelope, void_codes
from sorgente.archive.signing.adapters.journal import add_event
from sorgente.archive.signing.adapters.under_way import (
    EnrolmentRevoked,
    NotReadYet,
    WrongMethod,
    field_of,
    name_of,
    refuse_unless_enrolled,
    refuse_unless_read,
    under_way,
)
from sorgente.archive.signing.core.ink import checked_ink, ink_sha256
from sorgente.archive.signing.core.sealed_blob import blob_sha256, checked_blob
from sorgente.archive.signing.core.values import (
    EnvelopeState,
    FieldKind,
    FieldState,
    InputKind,
    Method,
    SignatureKind,
    Source,
)
from sorgente.archive.signing.models import Envelope, EnvelopeField
from sorgente.archive.signing.queries.enrolments import active_enrolment_of
from sorgente.shared.errors import SorgenteError

__all__ = [
    "EnrolmentFirst",
    "EnrolmentRevoked",
    "FieldDecided",
    "InputKind",
    "NotReadYet",
    "refuse_field",
    "sign_field",
]

_NOWHERE = Source()


class FieldDecided(SorgenteError):
    code = "signing.field.decided"


class EnrolmentFirst(SorgenteError):
    code = "signing.field.enrolment-first"


@transaction.atomic
def sign_field(
    *,
    envelope_id: int,
    key: str,
    at: datetime,
    ink: Mapping[str, Any] | None = None,
    biometrics: Mapping[str, Any] | None = None,
    input_kind: InputKind = InputKind.CODE,
    source: Source = _NOWHERE,
) -> FieldState:
    """Sign one field. The same act again changes nothing; another ink on a signed field is refused.

    Tablet   `ink` as core.ink says, `biometrics` as core.sealed_blob says (encrypted in the browser), or None.
             Only a pen with pressure and its biometrics make an advanced signature; anything else is taken as a simple
             one and recorded as such.
    OTP      neither: the field is `chosen` and is signed when the code is confirmed. Codes sent before it are void.
    raises   NotReadYet, FieldDecided, EnrolmentFirst, EnrolmentRevoked, UnknownField, InkRefused, BlobRefused,
             WrongMethod, UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost
    """
    envelope = under_way(envelope_id, at=at)
    if envelope.method == Method.PAPER:
        raise WrongMethod(name_of(envelope), "It is signed on paper.", "Record the signed paper instead.")
    field = field_of(envelope, key)
    remote = envelope.method == Method.OTP
    drawn = None if remote else checked_ink(ink, field=key)
    if field.state in (FieldState.SIGNED, FieldState.CHOSEN) and (
        drawn is None or ink_sha256(drawn) == field.ink_sha256
    ):
        return FieldState(field.state)
    _refuse_out_of_turn(envelope, field)
    if drawn is None:
        field.state = FieldState.CHOSEN.value
        field.input_kind = InputKind.CODE.value
        void_codes(envelope, at=at)
    else:
        _take_ink(envelope, field, drawn, biometrics, InputKind(input_kind))
    field.decided_at = at
    field.save()
    if envelope.state == EnvelopeState.READ:
        envelope.state = EnvelopeState.SIGNING.value
        envelope.save()
    add_event(
        envelope,
        "field_chosen" if remote else "field_signed",
        at=at,
        facts={
            "key": key,
            "input": field.input_kind,
            "signature_kind": field.signature_kind,
            "ink_sha256": field.ink_sha256,
            "biometrics_sha256": field.biometrics_sha256,
            **source.facts(),
        },
    )
    return FieldState(field.state)


@transaction.atomic
def refuse_field(*, envelope_id: int, key: str, at: datetime, source: Source = _NOWHERE) -> EnvelopeState:
    """Refuse one field; a required one ends the envelope as refused. Refusing again changes nothing.

    raises  NotReadYet, FieldDecided, UnknownField, UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost
    """
    envelope = under_way(envelope_id, at=at)
    field = field_of(envelope, key)
    if field.state == FieldState.REFUSED:
        return EnvelopeState(envelope.state)
    refuse_unless_read(envelope)
    if field.state == FieldState.SIGNED:
        raise _decided(envelope, field)
    field.state = FieldState.REFUSED.value
    field.decided_at = at
    field.save()
    void_codes(envelope, at=at)
    add_event(envelope, "field_refused", at=at, facts={"key": key, "required": field.required, **source.facts()})
    if field.required:
        end_envelope(envelope, EnvelopeState.REFUSED, reason=f"{key} refused", at=at)
    elif envelope.state == EnvelopeState.READ:
        envelope.state = EnvelopeState.SIGNING.value
        envelope.save()
    return EnvelopeState(envelope.state)


def _refuse_out_of_turn(envelope: Envelope, field: EnvelopeField) -> None:
    if field.state != FieldState.WAITING:
        raise _decided(envelope, field)
    refuse_unless_read(envelope)
    if envelope.signature_kind != SignatureKind.ADVANCED:
        return
    adhesion = envelope.fields.filter(kind=FieldKind.ENROLMENT.value).first()
    if adhesion is None:
        refuse_unless_enrolled(envelope, active_enrolment_of(envelope.party_reference) is not None)
    if adhesion is not None and adhesion.pk != field.pk and adhesion.state == FieldState.WAITING:
        raise EnrolmentFirst(
            name_of(envelope), "The adhesion to the advanced signature is not signed yet.", "Sign it first."
        )


def _take_ink(
    envelope: Envelope,
    field: EnvelopeField,
    drawn: dict[str, Any],
    biometrics: Mapping[str, Any] | None,
    input_kind: InputKind,
) -> None:
    field.ink = drawn
    field.ink_sha256 = ink_sha256(drawn)
    if biometrics is not None:
        field.biometrics = checked_blob(
            biometrics,
            document_sha256=envelope.document_sha256,
            envelope_id=envelope.pk,
            field=field.key,
            key_id=biometric_key_id(),
        )
        field.biometrics_sha256 = blob_sha256(field.biometrics)
    field.input_kind = input_kind.value
    by_hand = input_kind is InputKind.PEN_PRESSURE and biometrics is not None
    field.signature_kind = envelope.signature_kind if by_hand else SignatureKind.SIMPLE.value
    field.state = FieldState.SIGNED.value


def _decided(envelope: Envelope, field: EnvelopeField) -> FieldDecided:
    return FieldDecided(
        name_of(envelope), f"The field {field.key!r} is {field.state} already.", "Go on with the next field."
    )
