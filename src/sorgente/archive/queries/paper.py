"""Paper left and paper gone, the batches it was scanned in, and the lists by which it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from sorgente.archive.models import Disposal, ScanBatch, ScanPaper


@dataclass(frozen=True, slots=True)
class PaperStock:
    """Papers and pages of one kind, or in one box: still there, and destroyed."""

    name: str
    papers_left: int
    pages_left: int
    papers_gone: int
    pages_gone: int


@dataclass(frozen=True, slots=True)
class PaperCount:
    by_kind: tuple[PaperStock, ...]
    total: PaperStock
    boxes_left: int
    boxes_gone: int  # boxes with nothing left in them
    ready_to_go: int  # attested, nothing stands against a proposal


@dataclass(frozen=True, slots=True)
class BatchRow:
    code: str
    title: str
    state: str
    state_label: str
    papers: int
    rejects: int
    sampled: int
    waiting: int
    imported_at: datetime
    attestation_sha256: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    id: int
    document_id: int
    sha256: str
    title: str
    file: str
    kind: str
    pages: int
    box: str
    outcome: str
    outcome_label: str
    outcome_note: str
    outcome_by: str


@dataclass(frozen=True, slots=True)
class BatchPage:
    row: BatchRow
    record: dict[str, Any]
    scan_began_at: datetime
    scan_ended_at: datetime
    imported_by: str
    sample_seed: int | None
    attested_by: str
    attested_at: datetime | None
    sample: tuple[PaperRow, ...]
    rejects: tuple[tuple[int, str, str], ...]  # line, text, reason
    proposable: tuple[int, ...]  # documents whose paper may be proposed for destruction


@dataclass(frozen=True, slots=True)
class DisposalRow:
    code: str
    medium: str
    medium_label: str
    state: str
    state_label: str
    reason: str
    items: int
    proposed_by: str
    proposed_at: datetime
    approvals: tuple[tuple[str, datetime], ...]
    authorisation_number: str
    authorised_on: date | None
    ended_by: str
    ended_at: datetime | None
    end_note: str
    minutes_sha256: str


def paper_count() -> PaperCount:
    """Return how much paper is left and how much is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, count(*) FILTER (WHERE destroyed_by_id IS NULL),"
            " coalesce(sum(pages) FILTER (WHERE destroyed_by_id IS NULL), 0),"
            " count(*) FILTER (WHERE destroyed_by_id IS NOT NULL),"
            " coalesce(sum(pages) FILTER (WHERE destroyed_by_id IS NOT NULL), 0)"
            " FROM archive_scanpaper GROUP BY kind ORDER BY kind"
        )
        kinds = tuple(PaperStock(*row) for row in cursor.fetchall())
        cursor.execute(
            "SELECT count(*) FILTER (WHERE remaining > 0), count(*) FILTER (WHERE remaining = 0) FROM"
            " (SELECT count(*) FILTER (WHERE destroyed_by_id IS NULL) AS remaining FROM archive_scanpaper GROUP BY box)"
        )
        boxes_left, boxes_gone = cursor.fetchone()
    total = PaperStock(
        "",
        sum(one.papers_left for one in kinds),
        sum(one.pages_left for one in kinds),
        sum(one.papers_gone for one in kinds),
        sum(one.pages_gone for one in kinds),
    )
    return PaperCount(kinds, total, boxes_left, boxes_gone, len(proposable_papers()))


def proposable_papers(*, batch: str = "") -> list[int]:
    """Return the documents whose paper is attested, still there, under no hold and in no open list."""
    only = "AND b.code = %(batch)s" if batch else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.document_id FROM archive_scanpaper p JOIN archive_scanbatch b ON b.id = p.batch_id"
            f" WHERE b.state = 'attested' AND p.destroyed_by_id IS NULL {only}"
            " AND NOT EXISTS (SELECT FROM archive_hold h WHERE h.lifted_at IS NULL AND h.document_id = p.document_id)"
            " AND NOT EXISTS (SELECT FROM archive_hold h JOIN archive_documentsubject s ON s.subject = h.subject"
            "                 WHERE h.lifted_at IS NULL AND h.subject <> '' AND s.document_id = p.document_id)"
            " AND NOT EXISTS (SELECT FROM archive_disposalitem i JOIN archive_disposal d ON d.id = i.disposal_id"
            "                 WHERE i.document_id = p.document_id AND d.medium = 'paper'"
            "                 AND d.state IN ('proposed', 'approved'))"
            " ORDER BY p.document_id",
            {"batch": batch},
        )
        return [row[0] for row in cursor.fetchall()]


def scan_batches(code: str = "") -> list[BatchRow]:
    """Return the batches (or the one of that code), the latest first."""
    rows = ScanBatch.objects.select_related("attestation").annotate(
        count=Count("papers", distinct=True),
        open_rejects=Count("rejects", distinct=True, filter=Q(rejects__solved_at=None)),
        waiting=Count("papers", distinct=True, filter=Q(papers__outcome="waiting")),
    )
    if code:
        rows = rows.filter(code=code)
    return [
        BatchRow(
            code=row.code,
            title=row.title,
            state=row.state,
            state_label=str(ScanBatch.State(row.state).label),
            papers=row.count,
            rejects=row.open_rejects,
            sampled=row.sample_size or 0,
            waiting=row.waiting,
            imported_at=row.imported_at,
            attestation_sha256=row.attestation.sha256 if row.attestation else "",
        )
        for row in rows.order_by("-imported_at", "-id")
    ]


def scan_batch(code: str) -> BatchPage | None:
    """Return one batch with its sample and its open rejects."""
    found = scan_batches(code)
    if not found:
        return None
    batch = ScanBatch.objects.get(code=code)
    sample = ScanPaper.objects.filter(batch=batch).exclude(outcome="").select_related("document").order_by("line")
    rejects = batch.rejects.filter(solved_at=None).order_by("line")
    return BatchPage(
        row=found[0],
        record=batch.record,
        scan_began_at=batch.scan_began_at,
        scan_ended_at=batch.scan_ended_at,
        imported_by=batch.imported_by,
        sample_seed=batch.sample_seed,
        attested_by=batch.attested_by,
        attested_at=batch.attested_at,
        sample=tuple(_paper(one) for one in sample),
        rejects=tuple((one.line, one.text, one.reason) for one in rejects),
        proposable=tuple(proposable_papers(batch=code)),
    )


def _paper(row: ScanPaper) -> PaperRow:
    return PaperRow(
        id=row.pk,
        document_id=row.document_id,
        sha256=row.document.sha256,
        title=row.document.title,
        file=row.file,
        kind=row.kind,
        pages=row.pages,
        box=row.box,
        outcome=row.outcome,
        outcome_label=str(ScanPaper.Outcome(row.outcome).label),
        outcome_note=row.outcome_note,
        outcome_by=row.outcome_by,
    )


def disposals(code: str = "") -> list[DisposalRow]:
    """Return the disposals (or the one of that code), the latest first."""
    rows = Disposal.objects.select_related("minutes").prefetch_related("approvals").annotate(count=Count("items"))
    if code:
        rows = rows.filter(code=code)
    return [
        DisposalRow(
            code=row.code,
            medium=row.medium,
            medium_label=str(Disposal.Medium(row.medium).label),
            state=row.state,
            state_label=str(Disposal.State(row.state).label),
            reason=row.reason,
            items=row.count,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            approvals=tuple(
                (one.approved_by, one.approved_at) for one in sorted(row.approvals.all(), key=lambda one: one.pk)
            ),
            authorisation_number=row.authorisation_number,
            authorised_on=row.authorised_on,
            ended_by=row.ended_by,
            ended_at=row.ended_at,
            end_note=row.end_note,
            minutes_sha256=row.minutes.sha256 if row.minutes else "",
        )
        for row in rows.order_by("-proposed_at", "-id")
    ]


def documents_of_disposal(code: str, *, limit: int = 200) -> list[tuple[str, str, str]]:
    """Return (sha256, title, kind) of the documents of a disposal."""
    rows = Disposal.objects.filter(code=code).order_by("items__document_id")
    return list(rows.values_list("items__document__sha256", "items__document__title", "items__document__kind")[:limit])
