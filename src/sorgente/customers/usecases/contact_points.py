"""Contact points of a party, and the consents to use them: given and withdrawn, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from sorgente.customers.models import Consent, ContactPoint, Party
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError

_CHECKS = {
    ContactPoint.Kind.EMAIL: identifiers.email,
    ContactPoint.Kind.PEC: identifiers.pec,
    ContactPoint.Kind.MOBILE: identifiers.phone,
    ContactPoint.Kind.PHONE: identifiers.phone,
}


class UnknownParty(SorgenteError):
    code = "customers.party.unknown"


class NoConsent(SorgenteError):
    code = "customers.consent.none"


@transaction.atomic
def add_contact_point(
    *,
    party_id: int,
    kind: str,
    value: str,
    given_at: datetime,
    preferred: bool = False,
    consents: Mapping[str, str] | None = None,
) -> ContactPoint:
    """Add an e-mail, PEC or telephone; one that is there already is returned with what is new about it.

    consents  purpose (Consent.Purpose) -> evidence: how it was given
    raises    UnknownParty, InvalidEmail, InvalidPec, InvalidPhone
    """
    if not Party.objects.filter(pk=party_id).exists():
        raise UnknownParty(f"Party {party_id}", "There is no such party.", "Register it first.")
    normal = _CHECKS[ContactPoint.Kind(kind)](value)
    if preferred:
        # One preferred point of a kind: the new one takes the place of the other.
        for other in ContactPoint.objects.filter(party_id=party_id, kind=kind, preferred=True).exclude(value=normal):
            other.preferred = False
            other.save()
    point, _ = ContactPoint.objects.get_or_create(party_id=party_id, kind=kind, value=normal)
    if point.preferred != preferred:
        point.preferred = preferred
        point.save()
    for purpose, evidence in (consents or {}).items():
        give_consent(contact_point_id=point.pk, purpose=purpose, evidence=evidence, given_at=given_at)
    return point


@transaction.atomic
def give_consent(*, contact_point_id: int, purpose: str, evidence: str, given_at: datetime) -> Consent:
    """Record leave to use a contact point for a purpose; a consent in force is returned as it is."""
    in_force = Consent.objects.filter(
        contact_point_id=contact_point_id, purpose=Consent.Purpose(purpose), withdrawn_at=None
    ).first()
    return in_force or Consent.objects.create(
        contact_point_id=contact_point_id, purpose=purpose, evidence=evidence, given_at=given_at
    )


@transaction.atomic
def withdraw_consent(*, contact_point_id: int, purpose: str, withdrawn_at: datetime) -> None:
    """End a consent; it stays on record. Raises NoConsent when none is in force."""
    in_force = Consent.objects.filter(contact_point_id=contact_point_id, purpose=purpose, withdrawn_at=None).first()
    if in_force is None:
        point = ContactPoint.objects.filter(pk=contact_point_id).first()
        raise NoConsent(
            f"Contact point {point or contact_point_id}",
            f"It has no consent in force for {purpose}.",
            "Nothing is left to withdraw; check the contact point.",
        )
    in_force.withdrawn_at = withdrawn_at
    in_force.save()
