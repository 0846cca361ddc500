"""A document that is wrong or incomplete is followed by a new version, never edited."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from django.db import transaction

from sorgente.archive.core.folder import sha256_of
from sorgente.archive.core.metadata import Change, Formed
from sorgente.archive.models import Document
from sorgente.archive.queries.documents import UnknownDocument
from sorgente.archive.usecases.store_document import NewDocument, NewVersionOf, store_documents
from sorgente.shared.errors import SorgenteError


class NotTheLatestVersion(SorgenteError):
    code = "archive.version.not-the-latest"


class VersionUnchanged(SorgenteError):
    """The bytes of the new version are in the archive already."""

    code = "archive.version.unchanged"


@transaction.atomic
def store_new_version(
    *,
    former_id: int,
    content: bytes,
    change: str,
    reason: str,
    by: str,
    stored_at: datetime,
    title: str = "",
    media_type: str = "",
    words: str = "",
    **formed: Unpack[Formed],
) -> Document:
    """Store a new version of a document; it is about the same subjects and names the former one.

    change  annullamento, rettifica, integrazione or annotazione (AgID annex 5)
    title   else that of the former; also media_type
    raises  UnknownDocument, NotTheLatestVersion, VersionUnchanged, EmptyDocument, MetadataIncomplete
    """
    # The row itself cannot change; locking it lets two new versions of one document wait for each other.
    former = Document.objects.select_for_update().filter(pk=former_id).first()
    if former is None:
        raise UnknownDocument(
            f"Document {former_id}", "The archive has no such document.", "Store it as a first version."
        )
    later = Document.objects.filter(previous=former).first()
    if later is not None:
        raise NotTheLatestVersion(
            f"Document {former.title}",
            f"Version {former.version} was already followed by version {later.version}.",
            "Open the latest version and change that one.",
        )
    known = Document.objects.filter(sha256=sha256_of(content)).first()
    if known is not None:
        raise VersionUnchanged(
            f"Document {former.title}",
            f"The archive holds these bytes already, as {known.title}, version {known.version}.",
            "Check that you sent the changed file.",
        )
    return store_documents(
        [
            NewDocument(
                content=content,
                title=title or former.title,
                kind=former.kind,
                media_type=media_type or former.media_type,
                subject=tuple(former.subjects.values_list("subject", flat=True)),
                metadata=former.metadata,
                formed=formed,
                words=words,
                new_version_of=NewVersionOf(former.pk, former.version + 1, Change(change, reason, by, former.sha256)),
            )
        ],
        stored_at=stored_at,
    )[0]
