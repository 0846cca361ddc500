"""Legal holds: what must not go, why, and who said so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from sorgente.archive.models import Document, Hold
from sorgente.archive.queries.documents import UnknownDocument
from sorgente.shared.errors import SorgenteError


class HoldNeedsReason(SorgenteError):
    code = "archive.hold.needs-reason"


class HoldUnknown(SorgenteError):
    code = "archive.hold.unknown"


class HoldAlreadyLifted(SorgenteError):
    code = "archive.hold.already-lifted"


def place_hold(*, reason: str, by: str, at: datetime, document_id: int | None = None, subject: str = "") -> Hold:
    """Forbid the disposal of a document, or of everything about a subject, what comes later included.

    document_id, subject  one of the two: a document, or `party:12`, `contract:…`, `ticket:…`
    raises                HoldNeedsReason, UnknownDocument

    The same hold placed twice is one: the first is returned.
    """
    what = subject.strip()
    if not reason.strip() or (document_id is None) == (not what):
        raise HoldNeedsReason(
            f"Hold on {what or document_id or 'nothing'}",
            "It needs one document or one subject, and a reason.",
            "Write why it must be kept: the case, the court, the claim.",
        )
    if document_id is not None and not Document.objects.filter(pk=document_id).exists():
        raise UnknownDocument(f"Document {document_id}", "The archive has no such document.", "Open it from its page.")
    covered = Q(document=None) if document_id is None else Q(document_id=document_id)
    standing = Hold.objects.filter(covered, subject=what, reason=reason.strip()[:300], lifted_at=None).first()
    if standing is not None:
        return standing
    return Hold.objects.create(
        document_id=document_id, subject=what, reason=reason.strip()[:300], placed_by=by, placed_at=at
    )


@transaction.atomic
def lift_hold(*, hold_id: int, reason: str, by: str, at: datetime) -> Hold:
    """End a hold; raises HoldUnknown, HoldAlreadyLifted, HoldNeedsReason."""
    hold = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise HoldUnknown(f"Hold {hold_id}", "There is none of this number.", "Open it from its document.")
    if hold.lifted_at is not None:
        raise HoldAlreadyLifted(
            f"Hold {hold_id}", f"{hold.lifted_by} lifted it on {hold.lifted_at:%Y-%m-%d}.", "There is nothing to do."
        )
    if not reason.strip():
        raise HoldNeedsReason(f"Hold {hold_id}", "Lifting it needs a reason.", "Write why it may go again.")
    hold.lifted_by, hold.lifted_at, hold.lift_reason = by, at, reason.strip()[:300]
    hold.save()
    return hold
