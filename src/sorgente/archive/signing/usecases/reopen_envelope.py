"""The same document signed in another way, or by a new link: the old envelope ends, a new one begins."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.archive.signing.adapters.under_way import locked
from sorgente.archive.signing.core.values import FieldKind, Method, SignatureKind, Signer, SignField
from sorgente.archive.signing.usecases.end_envelope import cancel_envelope
from sorgente.archive.signing.usecases.open_envelope import OpenedEnvelope, open_envelope

__all__ = ["reopen_envelope"]


@transaction.atomic
def reopen_envelope(*, envelope_id: int, method: Method, reason: str, by: str, at: datetime) -> OpenedEnvelope:
    """Cancel an envelope and open one for the same document, signer and fields; what was signed is signed again.

    An expired or cancelled one may be opened again too; a completed one may not.
    raises  UnknownEnvelope, EnvelopeEnded when it was completed, and what open_envelope raises
    """
    row = locked(envelope_id)
    cancel_envelope(envelope_id=envelope_id, reason=reason, by=by, at=at)
    return open_envelope(
        document_id=row.document_id,
        title=row.title,
        signer=Signer(
            name=row.signer_name,
            tax_code=row.signer_tax_code,
            party_reference=row.party_reference,
            identity=row.identity,
            email=row.email,
            mobile=row.mobile,
            language=row.language,
        ),
        fields=[
            SignField(
                key=one.key,
                kind=FieldKind(one.kind),
                label=one.label,
                required=one.required,
                page=one.page,
                box=(one.box[0], one.box[1], one.box[2], one.box[3]),
            )
            for one in row.fields.all()
            # Who signs by hand need not adhere to signing on a tablet.
            if not (method is Method.PAPER and one.kind == FieldKind.ENROLMENT)
        ],
        method=method,
        opened_by=by,
        subjects=list(row.subjects),
        at=at,
        signature_kind=SignatureKind(row.signature_kind),
        amount_cents=row.amount_cents,
    )
