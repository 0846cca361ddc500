"""Let go of what need not be kept: proposed by one, approved by two others, carried out with minutes, traced."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from sorgente.archive.core import folder
from sorgente.archive.core.classes import ROME, class_of
from sorgente.archive.models import (
    Disposal,
    DisposalApproval,
    DisposalItem,
    Document,
    ScanBatch,
    ScanPaper,
    Tombstone,
)
from sorgente.archive.papers import render_paper
from sorgente.archive.queries.keeping import due_for_disposal, held_among, kept_until_of
from sorgente.archive.signing.adapters.seal import seal_pdf
from sorgente.archive.usecases.store_document import Verification, store_document
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

_NAMED = 5  # documents named in a refusal
_OPEN = (Disposal.State.PROPOSED, Disposal.State.APPROVED)


class DisposalUnknown(SorgenteError):
    code = "archive.disposal.unknown"


class DisposalRefused(SorgenteError):
    """Some of the documents may not go: a hold, years not over, no attested copy, or another proposal names them."""

    code = "archive.disposal.refused"


class DisposalNotReady(SorgenteError):
    """The step asked for does not follow from where the disposal is."""

    code = "archive.disposal.not-ready"


class DisposalNeedsAnother(SorgenteError):
    """Whoever proposed cannot approve, and nobody approves twice."""

    code = "archive.disposal.needs-another"


@transaction.atomic
def propose_disposal(
    *, medium: str, document_ids: Sequence[int], reason: str, by: str, at: datetime, authorisation_number: str = "",
    authorised_on: date | None = None,
) -> Disposal:  # fmt: skip
    """Propose papers to be destroyed, or documents whose content is to be removed.

    medium  paper: the paper goes, its attested copy stays; digital: the content goes, row and metadata stay
    raises  DisposalRefused naming the documents that may not go
    """
    ids = sorted(set(document_ids))
    if not ids or not reason.strip():
        raise DisposalRefused("Disposal", "It names no document or no reason.", "Choose documents and write why.")
    _refuse(ids, Disposal.Medium(medium), at)
    year = at.astimezone(ROME).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('archive.disposal', 0))")
    made = Disposal.objects.filter(code__startswith=f"S-{year}-").count()
    disposal = Disposal.objects.create(
        code=f"S-{year}-{made + 1:04}", medium=medium, reason=reason.strip()[:300], proposed_by=by, proposed_at=at,
        authorisation_number=authorisation_number.strip()[:60], authorised_on=authorised_on,
    )  # fmt: skip
    DisposalItem.objects.bulk_create(DisposalItem(disposal=disposal, document_id=one) for one in ids)
    return disposal


def _refuse(ids: Sequence[int], medium: str, at: datetime, own: Disposal | None = None) -> None:
    """Refuse documents that may not go now: asked when proposed, and again when carried out."""
    held = held_among(ids)
    if held:
        raise _refused(
            held, f"a legal hold stands ({next(iter(held.values()))})", "Lift the hold first, or take them out."
        )
    named = DisposalItem.objects.filter(document__in=ids, disposal__medium=medium, disposal__state__in=_OPEN)
    if own is not None:
        named = named.exclude(disposal=own)
    if busy := list(named.values_list("document_id", flat=True)):
        raise _refused(busy, "another proposal names them", "Wait for that one to end.")
    if medium == Disposal.Medium.PAPER:
        attested = set(
            ScanPaper.objects.filter(
                document__in=ids, batch__state=ScanBatch.State.ATTESTED, destroyed_by=None
            ).values_list("document_id", flat=True)
        )
        if missing := [one for one in ids if one not in attested]:
            raise _refused(
                missing, "no attested copy stands for a paper that is still there", "Attest their batch first."
            )
    else:
        due = {one.id for one in due_for_disposal(as_of=at, ids=ids, limit=len(ids))} if own is None else _old(ids, at)
        if young := [one for one in ids if one not in due]:
            raise _refused(young, "the years of their retention are not over", "Propose them when they are.")


def _old(ids: Sequence[int], at: datetime) -> set[int]:
    today = at.astimezone(ROME).date()
    days = {one: kept_until_of(one) for one in ids}
    return {one for one, day in days.items() if day is not None and day <= today}


def _refused(ids: Any, facts: str, next_step: str) -> DisposalRefused:
    some = list(ids)[:_NAMED]
    titles = list(Document.objects.filter(pk__in=some).order_by("pk").values_list("title", flat=True))
    more = f" and {len(ids) - len(some)} more" if len(ids) > len(some) else ""
    return DisposalRefused(f"Disposal of {', '.join(titles)}{more}", f"They may not go: {facts}.", next_step)


def _locked(code: str, *states: str) -> Disposal:
    disposal = Disposal.objects.select_for_update().filter(code=code).first()
    if disposal is None:
        raise DisposalUnknown(f"Disposal {code}", "There is none of this code.", "Choose it from the list.")
    if disposal.state not in states:
        raise DisposalNotReady(
            f"Disposal {code}",
            f"It is {Disposal.State(disposal.state).label.lower()}.",
            "The order is: propose, two approvals, authorisation, carry out.",
        )
    return disposal


@transaction.atomic
def approve_disposal(*, code: str, by: str, at: datetime) -> Disposal:
    """Approve a proposal; with the second approval it may be carried out.

    raises  DisposalUnknown, DisposalNotReady, DisposalNeedsAnother
    source  rules/archive/disposal.yaml
    """
    disposal = _locked(code, Disposal.State.PROPOSED)
    if by == disposal.proposed_by or disposal.approvals.filter(approved_by=by).exists():
        was = "proposed it" if by == disposal.proposed_by else "has approved it already"
        raise DisposalNeedsAnother(f"Disposal {code}", f"{by} {was}.", "Ask a colleague to approve it.")
    DisposalApproval.objects.create(disposal=disposal, approved_by=by, approved_at=at)
    if disposal.approvals.count() >= _rule(at)["approvals"]:
        disposal.state = Disposal.State.APPROVED
        disposal.save()
    return disposal


@transaction.atomic
def authorise_disposal(*, code: str, number: str, authorised_on: date) -> Disposal:
    """Record number and day of the authorisation of the archival superintendence."""
    disposal = _locked(code, *_OPEN)
    if not number.strip():
        raise DisposalNotReady(f"Disposal {code}", "The authorisation has no number.", "Write it as its letter has it.")
    disposal.authorisation_number, disposal.authorised_on = number.strip()[:60], authorised_on
    disposal.save()
    return disposal


@transaction.atomic
def cancel_disposal(*, code: str, by: str, reason: str, at: datetime) -> Disposal:
    """Give a proposal up; its documents stay and may be proposed again."""
    disposal = _locked(code, *_OPEN)
    if not reason.strip():
        raise DisposalNotReady(f"Disposal {code}", "Giving it up needs a reason.", "Write why.")
    disposal.state, disposal.ended_by, disposal.ended_at = Disposal.State.CANCELLED, by, at
    disposal.end_note = reason.strip()[:300]
    disposal.save()
    return disposal


@transaction.atomic
def execute_disposal(
    *, code: str, by: str, at: datetime, place: str, method: str, present: Sequence[str] = ()
) -> Disposal:
    """Carry an approved disposal out: sealed minutes are archived, papers are marked gone, contents are removed.

    method  how the paper was destroyed, or how the content was removed
    raises  DisposalUnknown, DisposalNotReady (not approved, no authorisation), DisposalRefused (a hold came since),
            SealFailed

    The files of removed contents leave the disk after the transaction; `remove_leftovers` ends what a crash left.
    """
    disposal = _locked(code, Disposal.State.APPROVED)
    if _rule(at)["authorisation_required"] and not disposal.authorisation_number:
        raise DisposalNotReady(
            f"Disposal {code}", "The authorisation of the superintendence is not recorded.", "Record its number first."
        )
    documents = list(Document.objects.filter(disposal_items__disposal=disposal).order_by("pk"))
    _refuse([one.pk for one in documents], disposal.medium, at, own=disposal)
    is_paper = disposal.medium == Disposal.Medium.PAPER
    papers = list(ScanPaper.objects.filter(document__in=documents, destroyed_by=None)) if is_paper else []
    disposal.minutes = _minutes(disposal, documents, papers, by=by, at=at, place=place, method=method, present=present)
    if is_paper:
        ScanPaper.objects.filter(pk__in=[one.pk for one in papers]).update(destroyed_by=disposal)
    else:
        Tombstone.objects.bulk_create(Tombstone(document=one, disposal=disposal, removed_at=at) for one in documents)
        # The words of a removed content must not be found either; the title may.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE archive_documenttext t SET body = d.title FROM archive_document d"
                " WHERE d.id = t.document_id AND t.document_id = ANY(%s)",
                [[one.pk for one in documents]],
            )
        transaction.on_commit(remove_leftovers)
    disposal.state, disposal.ended_by, disposal.ended_at = Disposal.State.EXECUTED, by, at
    disposal.save()
    return disposal


def remove_leftovers() -> int:
    """Remove the files of every content that a disposal removed; return how many were still there."""
    removed = 0
    gone = Tombstone.objects.filter(restored_at=None).values_list("document__sha256", flat=True)
    for sha256 in gone.iterator(chunk_size=2_000):
        place = folder.path_of(Path(settings.ARCHIVE_DIR), sha256)
        if place.exists():
            place.unlink()
            removed += 1
    return removed


def _minutes(
    disposal: Disposal, documents: Sequence[Document], papers: Sequence[ScanPaper], *, by: str, at: datetime,
    place: str, method: str, present: Sequence[str],
) -> Document:  # fmt: skip
    is_paper = disposal.medium == Disposal.Medium.PAPER
    rows = [
        {
            "title": one.title,
            "sha256": one.sha256,
            "class": class_of(one.kind, one.stored_at.astimezone(ROME).date()).retention.name,
        }
        for one in documents
    ]
    values: dict[str, Any] = {
        "number": disposal.code,
        "proposed_by": disposal.proposed_by,
        "proposed_at": disposal.proposed_at,
        "approvals": [
            {"name": one.approved_by, "office": "archivio", "at": one.approved_at}
            for one in disposal.approvals.order_by("approved_at")
        ],
        "authority": {
            "office": "Soprintendenza archivistica",
            "protocol": disposal.authorisation_number,
            "on": disposal.authorised_on or at.astimezone(ROME).date(),
        }
        if disposal.authorisation_number
        else None,
        "executed_at": at,
        "place": place,
        "method": method,
        "present": [by, *present],
        "documents": rows,
        "list_sha256": hashlib.sha256("\n".join(one.sha256 for one in documents).encode()).hexdigest(),
    }
    if is_paper:
        batches = ScanBatch.objects.filter(papers__in=papers).distinct().order_by("code")
        values["batch"] = ", ".join(batches.values_list("code", flat=True))
        values["sheets"] = sum(one.pages for one in papers)
        values["boxes"] = len({one.box for one in papers})
    else:
        values["reason"] = disposal.reason
        values["bytes"] = sum(one.size for one in documents)
    template = "minutes" if is_paper else "removal_minutes"
    paper = render_paper(template=template, on=at.astimezone(ROME).date(), values=values)
    return store_document(
        content=seal_pdf(paper.content, reason=paper.title, at=at),
        title=paper.title,
        kind=paper.kind,
        media_type="application/pdf",
        subject=f"disposal:{disposal.code}",
        stored_at=at,
        metadata={"disposal": disposal.code, "template": f"{paper.template}/{paper.version}"},
        verification=Verification(seal=True, timestamp=True),
    )


def _rule(at: datetime) -> dict[str, Any]:
    value: dict[str, Any] = rules().value("archive.disposal", on=at.astimezone(ROME).date())
    return value
