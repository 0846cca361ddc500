"""Put a document before a signer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sorgente.archive.queries.documents import document_of, read_document
from sorgente.archive.signing.adapters.journal import add_event
from sorgente.archive.signing.adapters.pages import page_boxes
from sorgente.archive.signing.core.figures import envelope_life
from sorgente.archive.signing.core.secrets import masked_email, masked_mobile, new_token, token_sha256
from sorgente.archive.signing.core.values import (
    EnvelopeState,
    FieldKind,
    Method,
    SignatureKind,
    Signer,
    SignField,
)
from sorgente.archive.signing.models import Envelope, EnvelopeField
from sorgente.archive.signing.queries.enrolments import active_enrolment_of
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

__all__ = [
    "FieldKind", "FieldsWrong", "Method", "NotEnrolled", "OpenedEnvelope", "SignField", "SignatureKind", "Signer",
    "SignerNotIdentified", "open_envelope",
]  # fmt: skip


class FieldsWrong(SorgenteError):
    code = "signing.envelope.fields-wrong"


class SignerNotIdentified(SorgenteError):
    code = "signing.envelope.signer-not-identified"


class NotEnrolled(SorgenteError):
    code = "signing.envelope.not-enrolled"


@dataclass(frozen=True, slots=True)
class OpenedEnvelope:
    """A new envelope. `token` is told once, here: for the link of an OTP envelope; only its hash is kept."""

    id: int
    token: str
    state: EnvelopeState
    expires_at: datetime


@transaction.atomic
def open_envelope(
    *,
    document_id: int,
    title: str,
    signer: Signer,
    fields: Sequence[SignField],
    method: Method,
    opened_by: str,
    subjects: Sequence[str],
    at: datetime,
    signature_kind: SignatureKind = SignatureKind.ADVANCED,
    amount_cents: int | None = None,
) -> OpenedEnvelope:
    """Put a PDF of the archive before a signer and return the envelope, with its token for a link.

    document_id     a PDF in the archive, as papers made it
    signer          identified; for OTP with at least one verified contact
    fields          at least one required; keys differ; boxes lie on their pages
    opened_by       the clerk's user name, or "portal"
    subjects        what the sealed document will be about: `contract:…`, `party:12`
    signature_kind  advanced needs an active enrolment of the party, or a required enrolment field, which comes first
    amount_cents    what the document commits to, for the text of the one-time code
    raises          UnknownDocument, FieldsWrong, SignerNotIdentified, NotEnrolled, NotAPdf
    """
    document = document_of(document_id)
    name = f"Envelope {title}"
    _check_signer(name, signer, method)
    ordered = _in_signing_order(name, fields, page_boxes(read_document(document.sha256), subject=document.title))
    advanced = signature_kind is SignatureKind.ADVANCED and method is not Method.PAPER
    if advanced and ordered[0].kind is not FieldKind.ENROLMENT and active_enrolment_of(signer.party_reference) is None:
        raise NotEnrolled(
            name,
            f"{signer.name} has not adhered to the advanced signature, or revoked it.",
            "Add the adhesion to the papers to be signed, or sign on paper.",
        )
    token = new_token()
    envelope = Envelope.objects.create(
        document_id=document.id,
        document_sha256=document.sha256,
        title=title,
        amount_cents=amount_cents,
        subjects=list(subjects),
        method=method.value,
        signature_kind=signature_kind.value,
        signer_name=signer.name,
        signer_tax_code=signer.tax_code,
        party_reference=signer.party_reference,
        identity=signer.identity,
        email=signer.email,
        mobile=signer.mobile,
        language=signer.language,
        token_sha256=token_sha256(token),
        opened_by=opened_by,
        opened_at=at,
        expires_at=at + envelope_life(rules(), method=method, on=at.date()),
    )
    EnvelopeField.objects.bulk_create(
        EnvelopeField(
            envelope=envelope,
            position=position,
            key=one.key,
            kind=one.kind.value,
            label=one.label,
            required=one.required,
            page=one.page,
            box=list(one.box),
        )
        for position, one in enumerate(ordered)
    )
    add_event(
        envelope,
        "opened",
        at=at,
        facts={
            "by": opened_by,
            "document_sha256": document.sha256,
            "method": method.value,
            "signature_kind": signature_kind.value,
            "signer": {"name": signer.name, "tax_code": signer.tax_code, "reference": signer.party_reference},
            "identity": signer.identity,
            "email": masked_email(signer.email) if signer.email else "",
            "mobile": masked_mobile(signer.mobile) if signer.mobile else "",
            "fields": [{"key": one.key, "kind": one.kind.value, "required": one.required} for one in ordered],
        },
    )
    return OpenedEnvelope(envelope.pk, token, EnvelopeState.OPEN, envelope.expires_at)


def _check_signer(name: str, signer: Signer, method: Method) -> None:
    missing = [word for word in ("name", "party_reference", "identity") if not getattr(signer, word).strip()]
    if method is Method.OTP and not (signer.email or signer.mobile):
        missing.append("email or mobile")
    if missing:
        raise SignerNotIdentified(
            name, f"The signer has no {', '.join(missing)}.", "Identify the signer before opening the envelope."
        )


def _in_signing_order(
    name: str, fields: Sequence[SignField], pages: Sequence[tuple[float, float, float, float]]
) -> list[SignField]:
    def refuse(facts: str) -> FieldsWrong:
        return FieldsWrong(name, facts, "Make the paper again from its template.")

    keys = [one.key for one in fields]
    if not any(one.required for one in fields):
        raise refuse("No field must be signed.")
    for one in fields:
        if keys.count(one.key) > 1:
            raise refuse(f"The field {one.key!r} is there {keys.count(one.key)} times.")
        if not 0 <= one.page < len(pages):
            raise refuse(f"The field {one.key!r} is on page {one.page + 1} of {len(pages)}.")
        left, bottom, right, top = one.box
        edge = pages[one.page]
        if not (edge[0] <= left < right <= edge[2] and edge[1] <= bottom < top <= edge[3]):
            raise refuse(f"The box of {one.key!r} is not on its page.")
        if one.kind is FieldKind.ENROLMENT and not one.required:
            raise refuse(f"The adhesion {one.key!r} is optional.")
        if one.kind is FieldKind.CONSENT and one.required:
            raise refuse(f"The consent {one.key!r} is required; a consent is free.")
    # What makes the other signatures advanced is signed before them.
    return sorted(fields, key=lambda one: one.kind is not FieldKind.ENROLMENT)
