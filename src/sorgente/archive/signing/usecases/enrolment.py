"""Adhesion to the advanced signature: recorded when signed, revoked when the customer wishes (DPCM 2013, art. 57)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.archive.signing.core.figures import enrolment_figures
from sorgente.archive.signing.core.values import Method
from sorgente.archive.signing.models import EnrolmentConsent
from sorgente.archive.signing.queries.enrolments import active_enrolment_of
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

__all__ = ["EnrolmentUnknown", "record_enrolment", "revoke_enrolment"]


class EnrolmentUnknown(SorgenteError):
    code = "signing.enrolment.unknown"


@transaction.atomic
def record_enrolment(
    *, party_reference: str, declared_at: datetime, identity_document: str, channel: Method, document_id: int
) -> int:
    """Record a signed adhesion and return its id; the party's active one, if any, is returned as it is.

    document_id  the signed declaration in the archive
    source       rules/signing/enrolment.yaml: notice and insurance in force on that day
    """
    active = active_enrolment_of(party_reference)
    if active is not None:
        return active.id
    figures = enrolment_figures(rules(), on=declared_at.date())
    return EnrolmentConsent.objects.create(
        party_reference=party_reference,
        declared_at=declared_at,
        notice_version=figures.notice_version,
        identity_document=identity_document,
        insurance_policy=figures.insurance_policy,
        channel=Method(channel).value,
        document_id=document_id,
    ).pk


@transaction.atomic
def revoke_enrolment(*, party_reference: str, at: datetime, through: str) -> int:
    """End the party's adhesion from now on; what was signed stays valid. Returns the id of the ended one.

    through  how the wish came: "counter, user anna", "portal"
    raises   EnrolmentUnknown when there is none, or it was revoked before
    """
    active = EnrolmentConsent.objects.select_for_update().filter(party_reference=party_reference, revoked_at=None)
    found = active.first()
    if found is None:
        raise EnrolmentUnknown(
            f"Adhesion of {party_reference}", "There is no active one.", "Nothing needs to be revoked."
        )
    found.revoked_at, found.revoked_through = at, through[:200]
    found.save()
    return found.pk
