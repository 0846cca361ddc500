"""What the archive holds about a subject, the bytes of a document, and whether all of them are still right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from sorgente.archive.core import folder
from sorgente.archive.core.metadata import Change, DocumentMetadata, metadata_of
from sorgente.archive.models import Document, Tombstone
from sorgente.shared.errors import SorgenteError

_IN_ONE_GO = 2_000


class UnknownDocument(SorgenteError):
    code = "archive.document.unknown"


class DocumentDisposed(SorgenteError):
    """Its content was removed by a disposal; what is left is the row, its metadata and its hash."""

    code = "archive.document.disposed"


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """One document as other processes see it; `subjects` is what it is about.

    formed  its AgID metadata, None for one stored before they were made
    """

    id: int
    sha256: str
    kind: str
    kind_label: str
    title: str
    media_type: str
    size: int
    stored_at: datetime
    metadata: dict[str, Any]
    subjects: tuple[str, ...]
    formed: DocumentMetadata | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """One link of a chain of versions, the earliest first."""

    id: int
    sha256: str
    title: str
    version: int
    stored_at: datetime
    change: Change | None


@dataclass(frozen=True, slots=True)
class BrokenDocument:
    """A document whose bytes are gone or are no longer those that were stored."""

    id: int
    sha256: str
    title: str
    problem: str


def read_document(sha256: str) -> bytes:
    """Return the bytes of a document, verified; raises DocumentFileMissing, DocumentDamaged, DocumentDisposed."""
    try:
        return folder.read(Path(settings.ARCHIVE_DIR), sha256)
    except folder.DocumentFileMissing:
        gone = Tombstone.objects.filter(document__sha256=sha256, restored_at=None).select_related("disposal").first()
        if gone is None:
            raise
        raise DocumentDisposed(
            f"Document {sha256[:12]}",
            f"Its content was disposed of on {gone.removed_at:%Y-%m-%d} by disposal {gone.disposal.code}.",
            "Its metadata and the minutes of the disposal are still there.",
        ) from None


def document_of(document_id: int) -> DocumentFacts:
    """Return one document by its id; raises UnknownDocument."""
    found = next(_facts(Document.objects.filter(pk=document_id)), None)
    if found is None:
        raise UnknownDocument(
            f"Document {document_id}", "The archive has no such document.", "Open it from its bill or file."
        )
    return found


def find_document(sha256: str) -> DocumentFacts | None:
    """Return the document with these bytes, or None: has this file been received before?"""
    return next(_facts(Document.objects.filter(sha256=sha256)), None)


def documents_of(*subjects: str) -> list[DocumentFacts]:
    """Return the documents about any of the subjects, the latest first, each once."""
    rows = Document.objects.filter(subjects__subject__in=subjects).distinct().order_by("-stored_at", "-id")
    return list(_facts(rows))


def versions_of(document_id: int) -> list[DocumentVersion]:
    """Return every version of a document, the earliest first, whichever of them is asked for."""
    found: list[Document] = []
    row = Document.objects.filter(pk=document_id).select_related("previous").first()
    while row is not None:
        found.insert(0, row)
        row = row.previous
    row = Document.objects.filter(previous_id=document_id).first()
    while row is not None:
        found.append(row)
        row = Document.objects.filter(previous_id=row.pk).first()
    return [
        DocumentVersion(one.pk, one.sha256, one.title, one.version, one.stored_at, getattr(made, "change", None))
        for one, made in ((one, metadata_of(one.record)) for one in found)
    ]


def _facts(rows: QuerySet[Document]) -> Iterator[DocumentFacts]:
    for row in rows.prefetch_related("subjects"):
        yield DocumentFacts(
            id=row.pk,
            sha256=row.sha256,
            kind=row.kind,
            kind_label=Document.Kind(row.kind).label,
            title=row.title,
            media_type=row.media_type,
            size=row.size,
            stored_at=row.stored_at,
            metadata=row.metadata,
            subjects=tuple(sorted(one.subject for one in row.subjects.all())),
            formed=metadata_of(row.record),
            version=row.version,
        )


def broken_documents(ids: Iterable[int] | None = None) -> Iterator[BrokenDocument]:
    """Yield every document (of these ids, or of all) whose file is missing or has another hash: invariant A8.

    What a disposal removed is not broken: its tombstone says who decided it and when.
    """
    gone = Tombstone.objects.filter(document=OuterRef("pk"), restored_at=None)
    rows = Document.objects.filter(~Exists(gone)).order_by("id")
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    for document_id, sha256, title in rows.values_list("id", "sha256", "title").iterator(chunk_size=_IN_ONE_GO):
        try:
            folder.read(Path(settings.ARCHIVE_DIR), sha256)
        except SorgenteError as problem:
            yield BrokenDocument(document_id, sha256, title, problem.facts)
