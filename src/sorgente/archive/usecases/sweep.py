"""Compare every document with its hash, a part each night, and begin again when all were compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from sorgente.archive.core import folder
from sorgente.archive.models import Document, SweepFinding, SweepRound, Tombstone
from sorgente.archive.queries.documents import BrokenDocument
from sorgente.shared.errors import SorgenteError

_IN_ONE_GO = 500
_LOCK = "archive.sweep"


@dataclass(slots=True)
class SweepOutcome:
    """What one call did. `is_complete`: the round came to its end; the next call begins a new one."""

    checked: int = 0
    is_complete: bool = False
    broken: list[BrokenDocument] = field(default_factory=list)


def sweep_integrity(*, as_of: datetime, budget: int) -> SweepOutcome:
    """Compare up to `budget` documents with their hashes, from where the latest call stopped.

    Each few hundred are a transaction of their own: killed at any point, the next call goes on from there. A broken
    document is written down and named; nothing stops for it, and it is reported once a round. Two sweeps at once share
    the work: each waits for the other's few hundred.
    """
    outcome = SweepOutcome()
    while outcome.checked < budget and not outcome.is_complete:
        with transaction.atomic():
            _go_on(outcome, as_of, min(_IN_ONE_GO, budget - outcome.checked))
    return outcome


def _go_on(outcome: SweepOutcome, at: datetime, most: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_LOCK])
    current = SweepRound.objects.filter(ended_at=None).order_by("id").first()
    if current is None:
        last = Document.objects.aggregate(last=Max("id"))["last"]
        if last is None:
            outcome.is_complete = True
            return
        current = SweepRound.objects.create(began_at=at, last_id=last)
    rows = list(
        Document.objects.filter(pk__gt=current.position, pk__lte=current.last_id)
        .order_by("pk")
        .values_list("pk", "sha256", "title")[:most]
    )
    gone = set(
        Tombstone.objects.filter(document__in=[row[0] for row in rows], restored_at=None).values_list(
            "document_id", flat=True
        )
    )
    broken = [
        problem for pk, sha256, title in rows if pk not in gone and (problem := _problem(pk, sha256, title)) is not None
    ]
    SweepFinding.objects.bulk_create(
        SweepFinding(round=current, document_id=one.id, problem=one.problem[:300], found_at=at) for one in broken
    )
    current.checked += len(rows)
    current.broken += len(broken)
    if rows:
        current.position = rows[-1][0]
    if len(rows) < most or current.position >= current.last_id:
        current.ended_at = at
        outcome.is_complete = True
    current.save()
    outcome.checked += len(rows)
    outcome.broken += broken


def _problem(document_id: int, sha256: str, title: str) -> BrokenDocument | None:
    try:
        folder.read(Path(settings.ARCHIVE_DIR), sha256)
    except SorgenteError as problem:
        return BrokenDocument(document_id, sha256, title, problem.facts)
    except OSError as problem:  # a disk that cannot be read is a finding too, and the others are still compared
        return BrokenDocument(document_id, sha256, title, f"Its file cannot be read: {problem.strerror}.")
    return None
