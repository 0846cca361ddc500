"""Put documents into the archive: one with `store_document`, thousands with `store_documents`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from sorgente.archive.core import folder
from sorgente.archive.models import Document
from sorgente.shared.errors import SorgenteError

__all__ = ["Document", "EmptyDocument", "NewDocument", "store_document", "store_documents"]

_LONGEST_TITLE = 200  # of the column; file names from outside may be longer


class EmptyDocument(SorgenteError):
    code = "archive.document.empty"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is to be stored. `subject` names one thing the document is about, or several."""

    content: bytes
    title: str
    kind: str
    media_type: str
    subject: str | Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.subject,) if isinstance(self.subject, str) else tuple(self.subject)


def store_document(
    *,
    content: bytes,
    title: str,
    kind: str,
    media_type: str,
    subject: str | Sequence[str],
    stored_at: datetime,
    metadata: Mapping[str, Any] | None = None,
) -> Document:
    """Store one document and return it; the same bytes again are the same document.

    kind      a Document.Kind
    subject   what it is about, as its process names it (`bill:2026/SII/0000123`), one or several; a document that
              was there already gains the subjects that are new and keeps its first title, kind and metadata
    raises    EmptyDocument

    The answer says in `already_stored` whether the bytes were known.
    """
    return store_documents(
        [NewDocument(content, title, kind, media_type, subject, metadata or {})], stored_at=stored_at
    )[0]


@transaction.atomic
def store_documents(documents: Iterable[NewDocument], *, stored_at: datetime) -> list[Document]:
    """Store many documents at once, files and rows; return one Document for each, in their order.

    raises  EmptyDocument before anything is stored

    Files are written first: a transaction that fails later leaves bytes nobody points to, never a row without bytes.
    """
    given = list(documents)
    for one in given:
        if not one.content:
            raise EmptyDocument(f"Document {one.title}", "It has no bytes.", "Make it again and store the result.")
    names = [folder.sha256_of(one.content) for one in given]
    first = dict(zip(reversed(names), reversed(given), strict=True))
    folder.write(Path(settings.ARCHIVE_DIR), ((name, one.content) for name, one in first.items()))
    fresh = _insert(first, stored_at)
    rows = {row.sha256: row for row in Document.objects.filter(sha256__in=first)}
    _name_subjects([(rows[name].pk, text) for name, one in zip(names, given, strict=True) for text in one.subjects])
    for name, row in rows.items():
        row.already_stored = name not in fresh
    return [rows[name] for name in names]


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def _insert(documents: Mapping[str, NewDocument], stored_at: datetime) -> set[str]:
    """Insert the rows that are not there; return the hashes inserted."""
    values = list(documents.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_document (sha256, kind, title, media_type, size, metadata, stored_at)"
            " SELECT sha256, kind, title, media_type, size, metadata::jsonb, %s FROM unnest("
            "%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[])"
            " AS given(sha256, kind, title, media_type, size, metadata)"
            " ON CONFLICT (sha256) DO NOTHING RETURNING sha256",
            [
                stored_at,
                list(documents),
                [Document.Kind(one.kind).value for one in values],
                [_short(one.title) for one in values],
                [one.media_type for one in values],
                [len(one.content) for one in values],
                [json.dumps(dict(one.metadata), ensure_ascii=False) for one in values],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _name_subjects(pairs: Sequence[tuple[int, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_documentsubject (document_id, subject)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT (subject, document_id) DO NOTHING",
            [[document for document, _ in pairs], [subject for _, subject in pairs]],
        )
