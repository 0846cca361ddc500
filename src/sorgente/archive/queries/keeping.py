"""How long documents are kept, what holds them, who read them, and what the sweep found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from sorgente.archive.core.classes import ROME, Retention, kept_until
from sorgente.archive.core.metadata import metadata_of
from sorgente.archive.models import Document, DocumentReading, Hold, SubjectEnd, SweepFinding, SweepRound, Tombstone

_ENDING = ("contract:", "mandate:")  # subjects that come to an end; people and accounts do not


@dataclass(frozen=True, slots=True)
class HoldFacts:
    id: int
    subject: str  # empty: on the document itself
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lift_reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    reader: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class DueDocument:
    """A document whose years are over and that nothing holds."""

    id: int
    sha256: str
    kind: str
    title: str
    stored_at: datetime
    retention: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Sweep:
    began_at: datetime
    ended_at: datetime | None
    checked: int
    broken: int
    findings: tuple[tuple[str, str, datetime], ...]  # title, problem, when


def holds_of(document_id: int) -> list[HoldFacts]:
    """Return the holds on a document, its own and those on what it is about; the latest first."""
    subjects = Document.objects.filter(pk=document_id).values("subjects__subject")
    rows = Hold.objects.filter(Q(document_id=document_id) | Q(subject__in=subjects)).order_by("-placed_at", "-id")
    return [
        HoldFacts(
            row.pk, row.subject, row.reason, row.placed_by, row.placed_at, row.lifted_by, row.lifted_at, row.lift_reason
        )
        for row in rows
    ]


def held_among(document_ids: Iterable[int]) -> dict[int, str]:
    """Return the reason of one standing hold for each document that has any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT document_id, reason FROM archive_hold WHERE lifted_at IS NULL AND document_id = ANY(%(ids)s)"
            " UNION ALL SELECT s.document_id, h.reason FROM archive_hold h"
            " JOIN archive_documentsubject s ON s.subject = h.subject"
            " WHERE h.lifted_at IS NULL AND h.subject <> '' AND s.document_id = ANY(%(ids)s)",
            {"ids": list(document_ids)},
        )
        return dict(cursor.fetchall())


def readings_of(document_id: int, *, limit: int = 20) -> list[Reading]:
    """Return who read a document, the latest first."""
    rows = DocumentReading.objects.filter(document_id=document_id).order_by("-read_at", "-id")[:limit]
    return [Reading(row.reader, row.read_at) for row in rows]


def kept_until_of(document_id: int) -> date | None:
    """Return the first day on which a document may go; None: never, or not known as long as its relation goes on."""
    row = Document.objects.get(pk=document_id)
    made = metadata_of(row.record)
    if made is None:
        return None
    subjects = [text for text in row.subjects.values_list("subject", flat=True) if text.startswith(_ENDING)]
    ends = list(SubjectEnd.objects.filter(subject__in=subjects).values_list("ended_on", flat=True))
    is_over = bool(subjects) and len(ends) == len(subjects)
    return kept_until(
        Retention(made.retention, made.retention_years, made.retention_after, ""),
        formed_on=row.stored_at.astimezone(ROME).date(),
        ended_on=max(ends) if is_over else None,
    )


_DUE = """
WITH aged AS (
    SELECT d.id, d.sha256, d.kind, d.title, d.stored_at, d.record->>'retention' AS retention,
        CASE d.record->>'retention_after'
            WHEN 'formation' THEN make_date(
                extract(year FROM d.stored_at AT TIME ZONE 'Europe/Rome')::int + 1
                + (d.record->>'retention_years')::int, 1, 1)
            ELSE (SELECT CASE WHEN count(*) = count(e.ended_on) THEN (greatest(
                        max(e.ended_on), (d.stored_at AT TIME ZONE 'Europe/Rome')::date)
                        + make_interval(years => (d.record->>'retention_years')::int))::date END
                  FROM archive_documentsubject s LEFT JOIN archive_subjectend e ON e.subject = s.subject
                  WHERE s.document_id = d.id AND (s.subject LIKE 'contract:%%' OR s.subject LIKE 'mandate:%%'))
        END AS due_on
    FROM archive_document d
    WHERE (d.record->>'retention_years')::int > 0 AND (%(kind)s = '' OR d.kind = %(kind)s)
      AND d.stored_at < %(at)s - (make_interval(years => (d.record->>'retention_years')::int))
)
SELECT a.* FROM aged a
WHERE a.due_on <= %(on)s AND (%(ids)s::bigint[] IS NULL OR a.id = ANY(%(ids)s::bigint[]))
  AND NOT EXISTS (SELECT FROM archive_tombstone t WHERE t.document_id = a.id AND t.restored_at IS NULL)
  AND NOT EXISTS (SELECT FROM archive_hold h WHERE h.lifted_at IS NULL AND h.document_id = a.id)
  AND NOT EXISTS (SELECT FROM archive_hold h JOIN archive_documentsubject s ON s.subject = h.subject
                  WHERE h.lifted_at IS NULL AND h.subject <> '' AND s.document_id = a.id)
  AND NOT EXISTS (SELECT FROM archive_disposalitem i JOIN archive_disposal p ON p.id = i.disposal_id
                  WHERE i.document_id = a.id AND p.medium = 'digital' AND p.state IN ('proposed', 'approved'))
ORDER BY a.id LIMIT %(limit)s
"""


def due_for_disposal(
    *, as_of: datetime, kind: str = "", ids: Sequence[int] | None = None, limit: int = 500
) -> list[DueDocument]:
    """Return documents whose retention is over, that no hold covers and no other proposal names; the oldest first."""
    values: dict[str, Any] = {
        "at": as_of, "on": as_of.astimezone(ROME).date(), "kind": kind, "limit": limit,
        "ids": None if ids is None else list(ids),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        return [DueDocument(*row) for row in cursor.fetchall()]


def is_disposed(document_id: int) -> bool:
    """Return whether the content of a document was removed by a disposal."""
    return Tombstone.objects.filter(document_id=document_id, restored_at=None).exists()


def latest_sweep() -> Sweep | None:
    """Return the latest round of the integrity sweep, with what it found so far."""
    row = SweepRound.objects.order_by("-id").first()
    if row is None:
        return None
    found = SweepFinding.objects.filter(round=row).select_related("document").order_by("id")
    return Sweep(
        row.began_at,
        row.ended_at,
        row.checked,
        row.broken,
        tuple((one.document.title, one.problem, one.found_at) for one in found),
    )
