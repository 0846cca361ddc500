"""Close an envelope: evidence gathered, ink drawn, everything sealed in one PDF, both kept in the archive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from sorgente.archive.queries.documents import document_of, read_document
from sorgente.archive.signing.adapters.ending import end_envelope
from sorgente.archive.signing.adapters.evidence_log import evidence_of
from sorgente.archive.signing.adapters.journal import add_event
from sorgente.archive.signing.adapters.pages import page_boxes
from sorgente.archive.signing.adapters.seal import Attachment, Drawing, seal_pdf
from sorgente.archive.signing.adapters.seal_keys import seal_certificate
from sorgente.archive.signing.adapters.under_way import (
    WrongMethod,
    locked,
    name_of,
    refuse_unless_enrolled,
    refuse_unless_read,
    refuse_unless_under_way,
)
from sorgente.archive.signing.core.chain import canonical
from sorgente.archive.signing.core.evidence import EVIDENCE_FILE, MEDIA_TYPE, biometrics_file
from sorgente.archive.signing.core.figures import enrolment_figures
from sorgente.archive.signing.core.ink import cross_path, ink_path, tick_path
from sorgente.archive.signing.core.sealed_blob import blob_bytes
from sorgente.archive.signing.core.values import (
    EnvelopeState,
    FieldKind,
    FieldState,
    InputKind,
    Method,
    SignatureKind,
)
from sorgente.archive.signing.models import Envelope, EnvelopeField
from sorgente.archive.signing.queries.enrolments import active_enrolment_of
from sorgente.archive.signing.queries.events import events
from sorgente.archive.signing.usecases.enrolment import record_enrolment
from sorgente.archive.usecases.store_document import store_document
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

__all__ = ["NotAllSigned", "complete_envelope", "complete_on_paper"]

_LEVEL = "B-T"


class NotAllSigned(SorgenteError):
    code = "signing.envelope.not-all-signed"


@transaction.atomic
def complete_envelope(*, envelope_id: int, at: datetime) -> int:
    """Seal a signed envelope and return the id of the sealed document; again returns the same one.

    Optional fields nobody decided count as not given. The sealed PDF starts with the bytes that were shown, holds the
    evidence and the encrypted biometrics, and carries the company's seal at level B-T. A signed adhesion takes effect.
    raises  NotAllSigned, NotReadYet, EnrolmentRevoked, SealFailed, SealKeyWrong, WrongMethod, DocumentDamaged,
            UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost; nothing is changed then
    """
    envelope = locked(envelope_id)
    if envelope.state == EnvelopeState.COMPLETED and envelope.sealed_document_id:
        return envelope.sealed_document_id
    refuse_unless_under_way(envelope, at=at)
    if envelope.method == Method.PAPER:
        raise WrongMethod(name_of(envelope), "It is signed on paper.", "Record the signed paper instead.")
    refuse_unless_read(envelope)
    _settle_fields(envelope, at=at)
    adhesion = envelope.fields.filter(kind=FieldKind.ENROLMENT.value).exists()
    if envelope.signature_kind == SignatureKind.ADVANCED and not adhesion:
        refuse_unless_enrolled(envelope, active_enrolment_of(envelope.party_reference) is not None)
    add_event(envelope, "closing", at=at, facts={"signed": _keys(envelope, FieldState.SIGNED)})
    original = read_document(envelope.document_sha256)
    evidence = _evidence(envelope, original, at=at)
    sealed = seal_pdf(
        original,
        reason=f"Firmato da {envelope.signer_name}, sigillato da {company().name}",
        at=at,
        level=_LEVEL,
        drawings=_drawings(envelope),
        attachments=[_evidence_file(evidence), *_biometrics(envelope)],
    )
    return _keep(envelope, sealed, evidence, at=at)


@transaction.atomic
def complete_on_paper(
    *, envelope_id: int, scan_document_id: int, signed: Collection[str], by: str, at: datetime, hand: str = ""
) -> int:
    """Record a paper the customer signed by hand: the alternative without any device. Returns the scan's id.

    scan_document_id  the scan in the archive; the paper itself stays kept
    signed            the keys of the fields signed on it, as the clerk compared them; the others count as refused
    hand              who held the pen, when it was not the signer in person: a delegate
    raises            NotAllSigned when a required one is missing, UnknownDocument, WrongMethod,
                      UnknownEnvelope, EnvelopeEnded, EnvelopeExpired
    """
    envelope = locked(envelope_id)
    if envelope.state == EnvelopeState.COMPLETED and envelope.sealed_document_id:
        return envelope.sealed_document_id
    refuse_unless_under_way(envelope, at=at)
    if envelope.method != Method.PAPER:
        raise WrongMethod(name_of(envelope), f"It is signed by {envelope.method}.", "Complete it there.")
    scan = document_of(scan_document_id)
    envelope.shown_at = envelope.read_at = at
    envelope.fields.filter(key__in=list(signed)).update(
        state=FieldState.SIGNED.value,
        input_kind=InputKind.WET_INK.value,
        signature_kind=envelope.signature_kind,
        decided_at=at,
    )
    add_event(envelope, "read_to_end", at=at, facts={"by": by, "on": "paper"})
    _settle_fields(envelope, at=at)
    facts = {"by": by, "fields": _keys(envelope, FieldState.SIGNED), "scan_sha256": scan.sha256}
    if hand.strip() and hand.strip() != envelope.signer_name:
        facts["hand"] = hand.strip()
    add_event(envelope, "signed_on_paper", at=at, facts=facts)
    evidence = _evidence(envelope, read_document(envelope.document_sha256), at=at)
    return _finish(envelope, scan.id, evidence, {"sha256": scan.sha256, "size": scan.size}, at=at)


def _settle_fields(envelope: Envelope, *, at: datetime) -> None:
    """Required fields are signed; optional ones nobody decided are not given."""
    open_fields = list(envelope.fields.filter(state__in=[FieldState.WAITING.value, FieldState.CHOSEN.value]))
    missing = [one.key for one in open_fields if one.required or one.state == FieldState.CHOSEN]
    if missing:
        raise NotAllSigned(
            name_of(envelope), f"Not signed yet: {', '.join(missing)}.", "Sign them, or refuse what is free."
        )
    for one in open_fields:
        one.state, one.decided_at = FieldState.REFUSED.value, at
        one.save()
        add_event(envelope, "field_not_given", at=at, facts={"key": one.key})


def _keys(envelope: Envelope, state: FieldState) -> list[str]:
    return list(envelope.fields.filter(state=state.value).values_list("key", flat=True))


def _evidence(envelope: Envelope, original: bytes, *, at: datetime) -> dict[str, Any]:
    enrolment = active_enrolment_of(envelope.party_reference)
    return evidence_of(
        envelope,
        events=events(envelope.pk),
        size=len(original),
        pages=len(page_boxes(original, subject=envelope.title)),
        enrolment=None
        if enrolment is None
        else {
            "id": enrolment.id,
            "declared_at": enrolment.declared_at.isoformat(),
            "notice_version": enrolment.notice_version,
            "insurance_policy": enrolment.insurance_policy,
        },
        notice_version=enrolment_figures(rules(), on=at.date()).notice_version,
    )


def _drawings(envelope: Envelope) -> list[Drawing]:
    return [Drawing(one.page, _path(one)) for one in envelope.fields.all()]


def _path(one: EnvelopeField) -> bytes:
    if one.state == FieldState.REFUSED:
        return cross_path(one.box)
    return tick_path(one.box) if one.ink is None else ink_path(one.ink, one.box)


def _evidence_file(evidence: dict[str, Any]) -> Attachment:
    return Attachment(EVIDENCE_FILE, canonical(evidence), MEDIA_TYPE, "Prove di firma", "Data")


def _biometrics(envelope: Envelope) -> list[Attachment]:
    return [
        Attachment(
            biometrics_file(one.position),
            blob_bytes(one.biometrics),
            MEDIA_TYPE,
            f"Dati biometrici cifrati: {one.label}"[:200],
            "Supplement",
        )
        for one in envelope.fields.all()
        if one.biometrics is not None
    ]


def _keep(envelope: Envelope, sealed: bytes, evidence: dict[str, Any], *, at: datetime) -> int:
    document = document_of(envelope.document_id)
    sha256 = hashlib.sha256(sealed).hexdigest()
    kept = store_document(
        content=sealed,
        title=envelope.title,
        kind=document.kind,
        media_type="application/pdf",
        subject=_subjects(envelope),
        stored_at=at,
        metadata={
            "signed": {
                "envelope": envelope.pk,
                "method": envelope.method,
                "signature_kind": evidence["signature_kind"],
                "seal": _LEVEL,
                "shown_sha256": envelope.document_sha256,
            }
        },
    )
    facts = {
        "sha256": sha256,
        "size": len(sealed),
        "level": _LEVEL,
        "certificate": seal_certificate().sha256.hex(),
    }
    add_event(envelope, "sealed", at=at, facts=facts)
    adhesion = envelope.fields.filter(kind=FieldKind.ENROLMENT.value, state=FieldState.SIGNED.value).first()
    if adhesion is not None:
        record_enrolment(
            party_reference=envelope.party_reference,
            declared_at=adhesion.decided_at or at,
            identity_document=envelope.identity,
            channel=Method(envelope.method),
            document_id=kept.pk,
        )
    return _finish(envelope, kept.pk, evidence, facts, at=at)


def _finish(
    envelope: Envelope, document_id: int, evidence: dict[str, Any], sealed: dict[str, Any], *, at: datetime
) -> int:
    chain = events(envelope.pk)
    full = {**evidence, "events": [one.as_dict() for one in chain], "chain_head": chain[-1].hash, "sealed": sealed}
    proof = store_document(
        content=json.dumps(full, ensure_ascii=False, indent=1).encode(),
        title=f"Prove di firma: {envelope.title}",
        kind="evidence",
        media_type=MEDIA_TYPE,
        subject=_subjects(envelope),
        stored_at=at,
        metadata={"sealed_sha256": sealed["sha256"]},
    )
    envelope.sealed_document_id = document_id
    envelope.evidence_document_id = proof.pk
    end_envelope(envelope, EnvelopeState.COMPLETED, reason="signed", at=at, facts={"evidence_sha256": proof.sha256})
    return document_id


def _subjects(envelope: Envelope) -> list[str]:
    return list(dict.fromkeys([*envelope.subjects, envelope.party_reference, f"envelope:{envelope.pk}"]))
