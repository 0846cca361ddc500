"""A counter where papers are signed: what a clerk, a tablet and a customer do, one call each."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import typst
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_der_public_key

from sorgente.archive.signing.adapters.biometric_key import biometric_key
from sorgente.archive.signing.core.values import FieldKind, InputKind, Method, SignatureKind, Signer, SignField
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.usecases.enrolment import record_enrolment
from sorgente.archive.signing.usecases.open_envelope import OpenedEnvelope, open_envelope
from sorgente.archive.signing.usecases.read_envelope import record_read_to_end, record_shown
from sorgente.archive.signing.usecases.sign_field import sign_field
from sorgente.archive.usecases.store_document import store_document

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA = Signer(
    name="Anna Bianchi",
    tax_code="BNCNNA80A41H501X",
    party_reference="party:12",
    identity="Carta d'identità CA12345AB, Comune di Valdoro, scade 2031-05-04",
    email="anna.bianchi@example.org",
    mobile="+393390420420",
)
CONTRACT = SignField("contract", FieldKind.CONTRACT, "Contratto di fornitura", True, 0, (60, 120, 260, 170))
CLAUSES = SignField("clauses", FieldKind.ONEROUS_CLAUSES, "Clausole da firmare a parte", True, 1, (60, 300, 260, 350))
MARKETING = SignField("marketing", FieldKind.CONSENT, "Consenso a proposte", False, 1, (60, 120, 260, 170))
ADHESION = SignField("adhesion", FieldKind.ENROLMENT, "Adesione alla firma sul tablet", True, 0, (300, 120, 500, 170))
FIELDS = (CONTRACT, CLAUSES, MARKETING)
INK = {"width": 600, "height": 200, "strokes": [[[10 + i * 5, 100 + (i % 7) * 9] for i in range(40)], [[300, 60]]]}


def later(**span: float) -> datetime:
    return AT + timedelta(**span)


@cache
def contract_pdf(text: str = "Contratto di fornitura") -> bytes:
    source = (
        '#set document(title: "Contratto", date: datetime(year: 2026, month: 11, day: 23))\n#set text(lang: "it")\n'
        f"= {text}\n#pagebreak()\nClausole\n"
    )
    return typst.compile(source.encode(), pdf_standards=["a-3a"])


def stored(content: bytes | None = None, *, title: str = "Contratto 12", kind: str = "contract", at: datetime = AT):
    return store_document(
        content=contract_pdf() if content is None else content,
        title=title,
        kind=kind,
        media_type="application/pdf",
        subject="contract:12",
        stored_at=at,
    )


def enrol(signer: Signer = ANNA) -> int:
    declaration = store_document(
        content=b"%PDF adhesion " + signer.party_reference.encode(),
        title="Adesione",
        kind="enrolment",
        media_type="application/pdf",
        subject=signer.party_reference,
        stored_at=AT,
    )
    return record_enrolment(
        party_reference=signer.party_reference,
        declared_at=AT,
        identity_document=signer.identity,
        channel=Method.PAPER,
        document_id=declaration.pk,
    )


def opened(
    *,
    method: Method = Method.TABLET,
    fields: Sequence[SignField] = FIELDS,
    signer: Signer = ANNA,
    enrolled: bool = True,
    kind: SignatureKind = SignatureKind.ADVANCED,
    at: datetime = AT,
    content: bytes | None = None,
    **changes: Any,
) -> OpenedEnvelope:
    if enrolled:
        enrol(signer)
    return open_envelope(
        document_id=stored(content).pk,
        title="Contratto di fornitura",
        signer=replace(signer, **changes),
        fields=fields,
        method=method,
        opened_by="rita",
        subjects=["contract:12"],
        at=at,
        signature_kind=kind,
        amount_cents=12000,
    )


def read_by(envelope_id: int, *, at: datetime = AT) -> int:
    record_shown(envelope_id=envelope_id, at=at)
    record_read_to_end(envelope_id=envelope_id, at=at)
    return envelope_id


def captured(points: int = 40) -> dict[str, Any]:
    """What the page captures from a pen with pressure and tilt, two strokes."""
    return {
        "v": 1,
        "input": "pen_pressure",
        "width": 600,
        "height": 200,
        "points": [
            {"t": i * 5, "x": 10.5 + i, "y": 100.25 - i % 9, "p": 0.25 + (i % 4) / 8, "tx": -20, "ty": 35, "s": i // 30}
            for i in range(points)
        ],
    }


def in_the_browser(data: dict[str, Any], *, aad: str) -> dict[str, Any]:
    """Encrypt as the page does with WebCrypto."""
    key = biometric_key()
    secret, iv = os.urandom(32), os.urandom(12)
    scheme = OAEP(mgf=MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    public: Any = load_der_public_key(base64.b64decode(key.spki))
    return {
        "v": 1,
        "alg": "A256GCM",
        "key_alg": "RSA-OAEP-256",
        "key_id": key.key_id,
        "wrapped_key": base64.b64encode(public.encrypt(secret, scheme)).decode(),
        "iv": base64.b64encode(iv).decode(),
        "ciphertext": base64.b64encode(AESGCM(secret).encrypt(iv, json.dumps(data).encode(), aad.encode())).decode(),
        "aad": aad,
    }


def sign(envelope_id: int, key: str, *, at: datetime = AT, input_kind: InputKind = InputKind.PEN_PRESSURE, **changes):
    """Sign one field with a pen, biometrics encrypted for this very field."""
    field = next(one for one in envelope(envelope_id).fields if one.key == key)
    with_pressure = input_kind is InputKind.PEN_PRESSURE
    blob = in_the_browser(captured(), aad=field.associated_data) if with_pressure else None
    given = {"ink": INK, "biometrics": blob, "input_kind": input_kind, **changes}
    return sign_field(envelope_id=envelope_id, key=key, at=at, **given)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
