"""Read a document at somebody's desk: the bytes, and a line that says who looked at personal data."""

from __future__ import annotations

from datetime import datetime

from sorgente.archive.core.classes import ROME, class_of
from sorgente.archive.models import Document, DocumentReading
from sorgente.archive.queries.documents import read_document

_LONGEST_NAME = 150


def read_document_for(*, sha256: str, reader: str, at: datetime) -> bytes:
    """Return the verified bytes of a document; a reading of one with personal data is written down.

    reader  the name of the user, or what stands for a customer: "party:12"
    raises  DocumentFileMissing, DocumentDamaged, DocumentDisposed; then nothing was read and nothing is written
    """
    content = read_document(sha256)
    row = Document.objects.only("id", "kind", "stored_at").get(sha256=sha256)
    if class_of(row.kind, row.stored_at.astimezone(ROME).date()).personal:
        DocumentReading.objects.create(document=row, reader=reader[:_LONGEST_NAME], read_at=at)
    return content
