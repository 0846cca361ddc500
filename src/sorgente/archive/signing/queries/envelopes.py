"""What an envelope holds, by its id, by the token of its link, or the next one for a tablet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sorgente.archive.signing.core.refusals import UnknownEnvelope
from sorgente.archive.signing.core.sealed_blob import associated_data
from sorgente.archive.signing.core.secrets import masked_email, masked_mobile, token_sha256
from sorgente.archive.signing.core.values import (
    FINAL_STATES,
    EnvelopeState,
    FieldKind,
    FieldState,
    InputKind,
    Method,
    SignatureKind,
)
from sorgente.archive.signing.models import Envelope, EnvelopeField
from sorgente.archive.signing.queries.tablets import paired_tablet

__all__ = ["EnvelopeView", "FieldView", "UnknownEnvelope", "envelope", "envelope_by_token", "envelopes",
           "envelopes_of_subject", "latest_of_paper", "next_envelope_for_tablet", "tablet_envelope"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldView:
    """A place to sign. `associated_data` is what the browser binds the biometrics to."""

    key: str
    kind: FieldKind
    label: str
    required: bool
    page: int
    box: tuple[float, float, float, float]
    state: FieldState
    decided_at: datetime | None
    input_kind: InputKind | None
    signature_kind: SignatureKind | None
    associated_data: str


@dataclass(frozen=True, slots=True)
class EnvelopeView:
    """An envelope as pages and journeys see it; contacts are masked."""

    id: int
    state: EnvelopeState
    title: str
    method: Method
    signature_kind: SignatureKind
    amount_cents: int | None
    document_id: int
    document_sha256: str
    signer_name: str
    party_reference: str
    email: str
    mobile: str
    language: str
    subjects: tuple[str, ...]
    fields: tuple[FieldView, ...]
    opened_by: str
    opened_at: datetime
    expires_at: datetime
    pairing_id: int | None
    shown_at: datetime | None
    read_at: datetime | None
    code_locked: bool
    ended_at: datetime | None
    end_reason: str
    sealed_document_id: int | None
    evidence_document_id: int | None

    @property
    def next_field(self) -> FieldView | None:
        """The first field nobody decided yet."""
        return next((one for one in self.fields if one.state is FieldState.WAITING), None)

    @property
    def ready(self) -> bool:
        """Every required field is signed: complete_envelope may be called."""
        return self.read_at is not None and all(one.state is FieldState.SIGNED for one in self.fields if one.required)


def envelope(envelope_id: int) -> EnvelopeView:
    """Return one envelope; raises UnknownEnvelope."""
    return _found(Envelope.objects.filter(pk=envelope_id).first(), f"Envelope {envelope_id}")


def latest_of_paper(envelope_id: int) -> EnvelopeView:
    """Return the latest envelope of the paper one is about: itself, or who followed it when it was reopened.

    raises  UnknownEnvelope
    """
    first = envelope(envelope_id)
    later = Envelope.objects.filter(document_id=first.document_id, pk__gt=envelope_id).order_by("-pk").first()
    return first if later is None else _view(later)


def envelope_by_token(token: str) -> EnvelopeView:
    """Return the envelope of a link; raises UnknownEnvelope. Whether it still may be signed, the use-cases say."""
    return _found(Envelope.objects.filter(token_sha256=token_sha256(token)).first(), "Envelope")


def next_envelope_for_tablet(device_token: str, *, at: datetime) -> EnvelopeView | None:
    """Return the envelope a tablet should show now, the earliest given to it, or None; raises TabletUnknown."""
    tablet = paired_tablet(device_token, at=at)
    found = (
        Envelope.objects.filter(tablet=tablet, expires_at__gt=at)
        .exclude(state__in=[*FINAL_STATES, EnvelopeState.LOST])
        .order_by("assigned_at", "pk")
        .first()
    )
    return None if found is None else _view(found)


def tablet_envelope(device_token: str, envelope_id: int, *, at: datetime) -> EnvelopeView:
    """Return an envelope if it was given to this tablet; raises TabletUnknown, UnknownEnvelope.

    The pages of a tablet ask this before each act, so that a tablet reaches nothing else.
    """
    tablet = paired_tablet(device_token, at=at)
    return _found(Envelope.objects.filter(pk=envelope_id, tablet=tablet).first(), f"Envelope {envelope_id}")


def envelopes(*, opened_by: str | None = None, under_way: bool = False, most: int = 100) -> list[EnvelopeView]:
    """Return the latest envelopes, of one clerk or of all."""
    rows = Envelope.objects.order_by("-pk")
    if opened_by is not None:
        rows = rows.filter(opened_by=opened_by)
    if under_way:
        rows = rows.exclude(state__in=FINAL_STATES)
    return _views(rows[:most])


def envelopes_of_subject(subject: str, *, party_reference: str = "") -> list[EnvelopeView]:
    """Return the envelopes about a subject (`contract:12`), the latest first; those of one signer are found sooner."""
    rows = Envelope.objects.filter(subjects__contains=[subject])
    if party_reference:
        rows = rows.filter(party_reference=party_reference)
    return _views(rows.order_by("-pk"))


def _found(row: Envelope | None, name: str) -> EnvelopeView:
    if row is None:
        raise UnknownEnvelope(name, "There is none.", "Open it again from the request.")
    return _view(row)


def _views(rows: Iterable[Envelope]) -> list[EnvelopeView]:
    return [_view(row) for row in rows]


def _view(row: Envelope) -> EnvelopeView:
    return EnvelopeView(
        id=row.pk,
        state=EnvelopeState(row.state),
        title=row.title,
        method=Method(row.method),
        signature_kind=SignatureKind(row.signature_kind),
        amount_cents=row.amount_cents,
        document_id=row.document_id,
        document_sha256=row.document_sha256,
        signer_name=row.signer_name,
        party_reference=row.party_reference,
        email=masked_email(row.email) if row.email else "",
        mobile=masked_mobile(row.mobile) if row.mobile else "",
        language=row.language,
        subjects=tuple(row.subjects),
        fields=tuple(_field(row, one) for one in row.fields.all()),
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        pairing_id=row.tablet_id,
        shown_at=row.shown_at,
        read_at=row.read_at,
        code_locked=row.code_locked_at is not None,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        sealed_document_id=row.sealed_document_id,
        evidence_document_id=row.evidence_document_id,
    )


def _field(envelope_row: Envelope, row: EnvelopeField) -> FieldView:
    return FieldView(
        key=row.key,
        kind=FieldKind(row.kind),
        label=row.label,
        required=row.required,
        page=row.page,
        box=(row.box[0], row.box[1], row.box[2], row.box[3]),
        state=FieldState(row.state),
        decided_at=row.decided_at,
        input_kind=InputKind(row.input_kind) if row.input_kind else None,
        signature_kind=SignatureKind(row.signature_kind) if row.signature_kind else None,
        associated_data=associated_data(
            document_sha256=envelope_row.document_sha256, envelope_id=envelope_row.pk, field=row.key
        ),
    )
