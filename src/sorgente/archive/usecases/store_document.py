"""Put documents into the archive: one with `store_document`, thousands with `store_documents`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Unpack

import orjson
from django.conf import settings
from django.db import connection, transaction

from sorgente.archive.core import folder
from sorgente.archive.core.classes import ROME, DocumentClass, class_of
from sorgente.archive.core.metadata import (
    Agent,
    Attached,
    Change,
    DocumentMetadata,
    Formed,
    Verification,
    form_metadata,
)
from sorgente.archive.core.words import codes_of, plain, scalars, text_of
from sorgente.archive.models import Document
from sorgente.archive.usecases.registers import RegisterNumber, numbers_for, write_numbers
from sorgente.shared.errors import SorgenteError

__all__ = [
    "Agent",
    "Attached",
    "Document",
    "EmptyDocument",
    "NewDocument",
    "NewVersionOf",
    "Verification",
    "store_document",
    "store_documents",
]

_LONGEST_TITLE = 200  # of the column; file names from outside may be longer


class EmptyDocument(SorgenteError):
    code = "archive.document.empty"


class StoredMeanwhile(SorgenteError):
    """Two stored the same bytes at once, of which one as a kind with a register; nothing of this batch is stored."""

    code = "archive.document.stored-meanwhile"


@dataclass(frozen=True, slots=True)
class NewVersionOf:
    """The document that a new one takes the place of; `change` says why."""

    document_id: int
    version: int
    change: Change


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is to be stored. `subject` names one thing the document is about, or several.

    formed  what is known of its AgID metadata beyond its class: agents, direction, verification …
    words   more words to find it by: a name, a tax code, an address
    """

    content: bytes
    title: str
    kind: str
    media_type: str
    subject: str | Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    formed: Formed = field(default_factory=lambda: Formed())
    words: str = ""
    new_version_of: NewVersionOf | None = None

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
    words: str = "",
    **formed: Unpack[Formed],
) -> Document:
    """Store one document and return it; the same bytes again are the same document.

    kind      a Document.Kind
    subject   what it is about, as its process names it (`bill:2026/SII/0000123`), one or several; a document that
              was there already gains the subjects that are new and keeps its first title, kind and metadata
    words     more words to find it by: a name, a tax code, an address
    formed    AgID metadata beyond those of its class: agents=, direction=, register_number=, verification=,
              attachments=, keywords=, reserved=, aggregation=, primary_sha256=, file_name=, note=, formation=
    raises    EmptyDocument, MetadataIncomplete

    The answer says in `already_stored` whether the bytes were known.
    """
    return store_documents(
        [NewDocument(content, title, kind, media_type, subject, metadata or {}, formed, words)], stored_at=stored_at
    )[0]


@transaction.atomic
def store_documents(documents: Iterable[NewDocument], *, stored_at: datetime) -> list[Document]:
    """Store many documents at once, files and rows; return one Document for each, in their order.

    raises  EmptyDocument, MetadataIncomplete before anything is stored

    Files are written first: a transaction that fails later leaves bytes nobody points to, never a row without bytes.
    """
    given = list(documents)
    for one in given:
        if not one.content:
            raise EmptyDocument(f"Document {one.title}", "It has no bytes.", "Make it again and store the result.")
    names = [folder.sha256_of(one.content) for one in given]
    first: dict[str, NewDocument] = {}
    for name, one in zip(names, given, strict=True):
        first.setdefault(name, one)
    on = stored_at.astimezone(ROME).date()
    classes = {name: class_of(Document.Kind(one.kind).value, on) for name, one in first.items()}
    made = {name: _metadata(one, classes[name], name, stored_at) for name, one in first.items()}
    folder.write(Path(settings.ARCHIVE_DIR), ((name, one.content) for name, one in first.items()))
    numbers = numbers_for({name: one.register for name, one in classes.items()}, year=on.year)
    for name, number in numbers.items():
        made[name] = _metadata(first[name], classes[name], name, stored_at, number)
    fresh = _insert(first, made, stored_at)
    rows = {row.sha256: row for row in Document.objects.filter(sha256__in=first)}
    _refuse_lost_numbers(numbers, fresh)
    write_numbers(numbers, rows, stored_at)
    _insert_words(first, made, classes, rows, fresh)
    if len(fresh) < len(first):
        _restore([rows[name].pk for name in first if name not in fresh], stored_at)
    _name_subjects([(rows[name].pk, text) for name, one in zip(names, given, strict=True) for text in one.subjects])
    for name, row in rows.items():
        row.already_stored = name not in fresh
    return [rows[name] for name in names]


def _metadata(
    one: NewDocument, document_class: DocumentClass, sha256: str, at: datetime, number: RegisterNumber | None = None
) -> DocumentMetadata:
    return form_metadata(
        document_class=document_class,
        title=_short(one.title),
        media_type=one.media_type,
        sha256=sha256,
        formed_at=at,
        register="" if number is None else number.register,
        number="" if number is None else str(number),
        version=1 if one.new_version_of is None else one.new_version_of.version,
        change=None if one.new_version_of is None else one.new_version_of.change,
        given=one.formed,
    )


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def _insert(
    documents: Mapping[str, NewDocument], made: Mapping[str, DocumentMetadata], stored_at: datetime
) -> set[str]:
    """Insert the rows that are not there; return the hashes inserted.

    As one JSON text: quoting arrays of JSON texts cost more than everything else here together.
    """
    rows = [
        {
            "sha256": name,
            "kind": Document.Kind(one.kind).value,
            "title": _short(one.title),
            "media_type": one.media_type,
            "size": len(one.content),
            "metadata": dict(one.metadata),
            "record": made[name],
            "version": made[name].version,
            "previous_id": None if one.new_version_of is None else one.new_version_of.document_id,
        }
        for name, one in documents.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_document"
            " (sha256, kind, title, media_type, size, metadata, record, version, previous_id, stored_at)"
            " SELECT sha256, kind, title, media_type, size, metadata, record, version, previous_id, %s"
            " FROM json_to_recordset(%s::json) AS given(sha256 text, kind text, title text, media_type text,"
            " size bigint, metadata jsonb, record jsonb, version smallint, previous_id bigint)"
            " ON CONFLICT (sha256) DO NOTHING RETURNING sha256",
            [stored_at, orjson.dumps(rows).decode()],
        )
        return {row[0] for row in cursor.fetchall()}


def _refuse_lost_numbers(numbers: Mapping[str, RegisterNumber], fresh: set[str]) -> None:
    lost = [str(number) for name, number in numbers.items() if name not in fresh]
    if lost:
        raise StoredMeanwhile(
            f"Register number {lost[0]}",
            "The same bytes were stored by somebody else in the same moment, without a number.",
            "Store it again: it is then recognised.",
        )


def _insert_words(
    documents: Mapping[str, NewDocument], made: Mapping[str, DocumentMetadata], classes: Mapping[str, DocumentClass],
    rows: Mapping[str, Document], fresh: set[str],
) -> None:  # fmt: skip
    """Make the new documents searchable: the mass path gives its words, only papers and letters are read."""
    new = [name for name in documents if name in fresh]
    bodies, codes = [], []
    for name in new:
        one, known = documents[name], made[name]
        # Who stands there only because the class says so would be found in every document.
        names = [agent.name for agent in one.formed.get("agents", ())]
        said = text_of(one.content, one.media_type) if classes[name].is_parsed else ""
        bodies.append(plain(" ".join([one.title, *known.keywords, *names, one.words, said])))
        facts = [agent.code for agent in known.agents] + scalars(one.metadata)
        codes.append(plain(codes_of([*one.subjects, one.title, known.number, known.file_name, *facts])))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_documenttext (document_id, kind, stored_at, body, codes)"
            " SELECT d.id, d.kind, d.stored_at, given.body, given.codes"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS given(id, body, codes)"
            " JOIN archive_document d ON d.id = given.id ON CONFLICT (document_id) DO NOTHING",
            [[rows[name].pk for name in new], bodies, codes],
        )


def _restore(document_ids: Sequence[int], at: datetime) -> None:
    """What was disposed of and is received again has its content again; its tombstone stays and says so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE archive_tombstone SET restored_at = %s WHERE restored_at IS NULL AND document_id = ANY(%s)",
            [at, list(document_ids)],
        )


def _name_subjects(pairs: Sequence[tuple[int, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_documentsubject (document_id, subject)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT (subject, document_id) DO NOTHING",
            [[document for document, _ in pairs], [subject for _, subject in pairs]],
        )
