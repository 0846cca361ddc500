"""Gather the evidence of an envelope as core.evidence writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sorgente.archive.signing.core.chain import ChainedEvent, instant
from sorgente.archive.signing.core.evidence import SCHEMA, biometrics_file
from sorgente.archive.signing.core.secrets import masked_email, masked_mobile
from sorgente.archive.signing.core.values import FieldState, SignatureKind
from sorgente.archive.signing.models import Envelope, EnvelopeField
from sorgente.shared.company import company


def evidence_of(
    envelope: Envelope,
    *,
    events: Sequence[ChainedEvent],
    size: int,
    pages: int,
    enrolment: dict[str, Any] | None,
    notice_version: str,
) -> dict[str, Any]:
    """Return the evidence log; `size` and `pages` are those of the document that was shown."""
    fields = list(envelope.fields.all())
    return {
        "schema": SCHEMA,
        "envelope": envelope.pk,
        "company": {"name": company().name, "vat_code": company().vat_code},
        "title": envelope.title,
        "amount_cents": envelope.amount_cents,
        "document": {"sha256": envelope.document_sha256, "size": size, "pages": pages},
        "method": envelope.method,
        "signature_kind": reached_kind(envelope, fields).value,
        "signer": {
            "name": envelope.signer_name,
            "tax_code": envelope.signer_tax_code,
            "reference": envelope.party_reference,
            "identity": envelope.identity,
            "email": masked_email(envelope.email) if envelope.email else "",
            "mobile": masked_mobile(envelope.mobile) if envelope.mobile else "",
        },
        "opened_by": envelope.opened_by,
        "enrolment": enrolment,
        "notice_version": notice_version,
        "fields": [_field(one) for one in fields],
        "events": [one.as_dict() for one in events],
        "chain_head": events[-1].hash,
    }


def reached_kind(envelope: Envelope, fields: Sequence[EnvelopeField]) -> SignatureKind:
    """Return what the signatures amount to: advanced only when every signed field is."""
    signed = [one for one in fields if one.state == FieldState.SIGNED]
    weak = any(one.signature_kind != SignatureKind.ADVANCED for one in signed)
    return SignatureKind.SIMPLE if weak else SignatureKind(envelope.signature_kind)


def _field(one: EnvelopeField) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": one.kind,
        "label": one.label,
        "required": one.required,
        "state": one.state,
        "at": instant(one.decided_at) if one.decided_at else "",
        "page": one.page,
        "box": list(one.box),
        "input": one.input_kind,
        "signature_kind": one.signature_kind,
        "ink_sha256": one.ink_sha256,
        "biometrics_sha256": one.biometrics_sha256,
        "biometrics_file": biometrics_file(one.position) if one.biometrics_sha256 else "",
    }
