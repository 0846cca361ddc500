"""Who adhered to the advanced signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sorgente.archive.signing.models import EnrolmentConsent


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """A signed adhesion; active until `revoked_at`."""

    id: int
    party_reference: str
    declared_at: datetime
    notice_version: str
    identity_document: str
    insurance_policy: str
    channel: str
    document_id: int
    revoked_at: datetime | None
    revoked_through: str


def enrolments_of(party_reference: str) -> list[EnrolmentView]:
    """Return every adhesion of a party, the latest first."""
    rows = EnrolmentConsent.objects.filter(party_reference=party_reference).order_by("-declared_at", "-pk")
    return [
        EnrolmentView(
            id=row.pk,
            party_reference=row.party_reference,
            declared_at=row.declared_at,
            notice_version=row.notice_version,
            identity_document=row.identity_document,
            insurance_policy=row.insurance_policy,
            channel=row.channel,
            document_id=row.document_id,
            revoked_at=row.revoked_at,
            revoked_through=row.revoked_through,
        )
        for row in rows
    ]


def active_enrolment_of(party_reference: str) -> EnrolmentView | None:
    """Return the party's adhesion in force, or None."""
    return next((one for one in enrolments_of(party_reference) if one.revoked_at is None), None)
