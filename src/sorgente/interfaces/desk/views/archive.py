"""Documents: searched by their words, each one checked against its hash before it leaves, and what is known of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from sorgente.archive.core.agid_xml import metadata_xml
from sorgente.archive.queries.document_list import KINDS
from sorgente.archive.queries.documents import DocumentFacts, document_of, find_document, versions_of
from sorgente.archive.queries.keeping import holds_of, is_disposed, kept_until_of, latest_sweep, readings_of
from sorgente.archive.queries.search import Filters, search_documents
from sorgente.archive.usecases.holds import lift_hold, place_hold
from sorgente.archive.usecases.read_document import read_document_for
from sorgente.interfaces.desk.access import Right, may, needs
from sorgente.interfaces.desk.listing import Column, Row, csv_of, day_after, day_asked

_COLUMNS = [
    Column("Titolo", lambda row: row["title"]),
    Column("Tipo", lambda row: row["kind"]),
    Column("Formato", lambda row: row["media_type"]),
    Column("Byte", lambda row: row["size"]),
    Column("Archiviato", lambda row: row["stored_at"].isoformat()),
    Column("SHA-256", lambda row: row["sha256"]),
]


@needs(Right.DOCUMENTS)
def documents(request: HttpRequest) -> HttpResponseBase:
    asked = request.GET
    text = asked.get("q", "").strip()
    filters = Filters(
        kind=asked.get("kind", ""),
        subject=asked.get("subject", "").strip(),
        start=day_asked(request, "from"),
        end=day_after(day_asked(request, "to")),
    )
    if asked.get("export") == "csv":
        return csv_of("documenti", _found(text, filters), _COLUMNS)
    number = asked.get("page", "1")
    page = search_documents(
        text=text, filters=filters, page=int(number) if number.isdecimal() and len(number) < 6 else 1
    )
    context = {"page": page, "kinds": KINDS, "sweep": latest_sweep()}
    return render(request, "desk/archive/documents.html", context)


def _found(text: str, filters: Filters) -> Iterator[Row]:
    """Yield what was found, page by page, as far as a search counts."""
    number: int | None = 1
    while number is not None:
        page = search_documents(text=text, filters=filters, page=number)
        for row in page.rows:
            yield {
                "title": row.title, "kind": row.kind, "media_type": row.media_type, "size": row.size,
                "stored_at": row.stored_at, "sha256": row.sha256,
            }  # fmt: skip
        number = page.next_number


# Who sees a kind of document at work may also open it; the archive's own roles open every kind.
_RIGHT_OF_KIND = {
    "bill": Right.BILLS,
    "einvoice": Right.BILLS,
    "contract": Right.CUSTOMERS,
    "debit_file": Right.PAYMENTS,
    "statement": Right.PAYMENTS,
    "receipt": Right.PAYMENTS,
    "flow": Right.PAYMENTS,
    "reader_file": Right.METERS,
    "rejects": Right.METERS,
    "mandate": Right.CONTRACTS,
    "identity": Right.CONTRACTS,
    "title": Right.CONTRACTS,
    "enrolment": Right.CONTRACTS,
    "evidence": Right.SIGNING,
    "letter": Right.TICKETS,
    "mail": Right.TICKETS,
    "attachment": Right.TICKETS,
    "photo": Right.METERS,
    "scan": Right.CUSTOMERS,
}
_SUFFIXES = {"application/pdf": ".pdf", "application/xml": ".xml", "text/xml": ".xml", "text/csv": ".csv"}
_SHOWN = {"application/pdf", "image/jpeg", "image/png", "image/webp"}


def _allowed(request: HttpRequest, sha256: str) -> DocumentFacts:
    """Return the document if whoever asks may see it; raises Http404, PermissionDenied."""
    found = find_document(sha256)
    if found is None:
        raise Http404
    if not (may(request, Right.DOCUMENTS) or may(request, _RIGHT_OF_KIND.get(found.kind, Right.DOCUMENTS))):
        raise PermissionDenied(found.kind)
    return found


@needs(Right.DASHBOARD)
@xframe_options_sameorigin
def document(request: HttpRequest, sha256: str) -> HttpResponse:
    """Send the bytes of a document, read again and compared with their hash; PDFs and pictures open in the page."""
    found = _allowed(request, sha256)
    content = read_document_for(sha256=sha256, reader=request.user.get_username(), at=timezone.now())
    response = HttpResponse(content, content_type=found.media_type)
    is_shown = found.media_type in _SHOWN and "download" not in request.GET
    name = found.metadata.get("name") or _file_name(found.title, found.media_type)
    response["Content-Disposition"] = f'{"inline" if is_shown else "attachment"}; filename="{_plain(name)}"'
    response["Cache-Control"] = "private, max-age=300"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Document-SHA256"] = sha256
    return response


def _file_name(title: str, media_type: str) -> str:
    name = "".join(letter if letter.isalnum() or letter in ".-_" else "-" for letter in title).strip("-")
    suffix = _SUFFIXES.get(media_type, "")
    return name if name.endswith(suffix) else name + suffix


def _plain(name: str) -> str:
    """A name from outside must not end the header it stands in."""
    return re.sub(r'["\\\r\n]', "-", str(name))


@needs(Right.DASHBOARD)
def about(request: HttpRequest, sha256: str) -> HttpResponse:
    """What is known of a document: metadata, versions, holds, who read it."""
    found = _allowed(request, sha256)
    context = {
        "document": found,
        "made": found.formed,
        "versions": versions_of(found.id),
        "holds": holds_of(found.id),
        "readings": readings_of(found.id) if may(request, Right.DOCUMENTS) else None,
        "kept_until": kept_until_of(found.id),
        "is_disposed": is_disposed(found.id),
        "is_shown": found.media_type == "application/pdf",
    }
    return render(request, "desk/archive/document.html", context)


@needs(Right.DOCUMENTS)
def metadata(request: HttpRequest, sha256: str) -> HttpResponse:
    """Send the metadata of a document as XML with the names of AgID's annex 5."""
    found = _allowed(request, sha256)
    if found.formed is None:
        raise Http404
    content = metadata_xml(found.formed, sha256=sha256, document_id=found.id)
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="metadati-{sha256[:16]}.xml"'
    return response


@needs(Right.HOLD)
@require_POST
@transaction.atomic
def hold(request: HttpRequest, sha256: str) -> HttpResponse:
    """Put a document, or everything about one of its subjects, under a legal hold."""
    found = _allowed(request, sha256)
    subject = request.POST.get("subject", "")
    place_hold(
        document_id=None if subject else found.id,
        subject=subject if subject in found.subjects else "",
        reason=request.POST.get("reason", ""),
        by=request.user.get_username(),
        at=timezone.now(),
    )
    return redirect("desk:document_about", sha256)


@needs(Right.HOLD)
@require_POST
@transaction.atomic
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """End a legal hold, with the reason."""
    ended = lift_hold(
        hold_id=hold_id, reason=request.POST.get("reason", ""), by=request.user.get_username(), at=timezone.now()
    )
    if ended.document_id is not None:
        return redirect("desk:document_about", document_of(ended.document_id).sha256)
    back = request.POST.get("document", "")
    return redirect("desk:document_about", back) if find_document(back) else redirect("desk:documents")
