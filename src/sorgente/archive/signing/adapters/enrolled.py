"""Has this party adhered to the advanced signature, and not revoked it?"""

from __future__ import annotations

from sorgente.archive.signing.models import EnrolmentConsent


def active_enrolment(party_reference: str) -> EnrolmentConsent | None:
    return EnrolmentConsent.objects.filter(party_reference=party_reference, revoked_at=None).first()


def is_enrolled(party_reference: str) -> bool:
    return active_enrolment(party_reference) is not None
