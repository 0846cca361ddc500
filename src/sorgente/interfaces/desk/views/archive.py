"""Documents: the list, and each one checked against its hash before it leaves."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_sameorigin

from sorgente.archive.queries.document_list import KINDS, list_documents
from sorgente.archive.queries.documents import find_document, read_document
from sorgente.interfaces.desk.access import Right, may, needs
from sorgente.interfaces.desk.listing import Column, show_list

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
    found = list_documents(text=request.GET.get("q", "").strip(), kind=request.GET.get("kind", ""))
    return show_list(
        request,
        template="desk/archive/documents.html",
        name="documenti",
        rows=found,
        columns=_COLUMNS,
        context={"kinds": KINDS},
    )


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
}
_SUFFIXES = {"application/pdf": ".pdf", "application/xml": ".xml", "text/xml": ".xml", "text/csv": ".csv"}


@needs(Right.DASHBOARD)
@xframe_options_sameorigin
def document(request: HttpRequest, sha256: str) -> HttpResponse:
    """Send the bytes of a document, read again and compared with their hash; a PDF opens in the page."""
    found = find_document(sha256)
    if found is None:
        raise Http404
    if not (may(request, Right.DOCUMENTS) or may(request, _RIGHT_OF_KIND.get(found.kind, Right.DOCUMENTS))):
        raise PermissionDenied(found.kind)
    response = HttpResponse(read_document(sha256), content_type=found.media_type)
    is_shown = found.media_type == "application/pdf" and "download" not in request.GET
    name = found.metadata.get("name") or _file_name(found.title, found.media_type)
    response["Content-Disposition"] = f'{"inline" if is_shown else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "private, max-age=300"
    response["X-Document-SHA256"] = sha256
    return response


def _file_name(title: str, media_type: str) -> str:
    name = "".join(letter if letter.isalnum() or letter in ".-_" else "-" for letter in title).strip("-")
    suffix = _SUFFIXES.get(media_type, "")
    return name if name.endswith(suffix) else name + suffix
