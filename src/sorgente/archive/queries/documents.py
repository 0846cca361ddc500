"""What the archive holds about a subject, the bytes of a document, and whether all of them are still right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from sorgente.archive.core import folder
from sorgente.archive.models import Document
from sorgente.shared.errors import SorgenteError

_IN_ONE_GO = 2_000


class UnknownDocument(SorgenteError):
    code = "archive.document.unknown"


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """One document as other processes see it; `subjects` is what it is about."""

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


@dataclass(frozen=True, slots=True)
class BrokenDocument:
    """A document whose bytes are gone or are no longer those that were stored."""

    id: int
    sha256: str
    title: str
    problem: str


def read_document(sha256: str) -> bytes:
    """Return the bytes of a document, verified; raises DocumentFileMissing, DocumentDamaged."""
    return folder.read(Path(settings.ARCHIVE_DIR), sha256)


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
        )


def broken_documents(ids: Iterable[int] | None = None) -> Iterator[BrokenDocument]:
    """Yield every document (of these ids, or of all) whose file is missing or has another hash: invariant A8."""
    rows = Document.objects.order_by("id") if ids is None else Document.objects.filter(pk__in=list(ids)).order_by("id")
    for document_id, sha256, title in rows.values_list("id", "sha256", "title").iterator(chunk_size=_IN_ONE_GO):
        try:
            folder.read(Path(settings.ARCHIVE_DIR), sha256)
        except SorgenteError as problem:
            yield BrokenDocument(document_id, sha256, title, problem.facts)
