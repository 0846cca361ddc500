"""One's own data: to look at, to take along, and to have deleted."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate

from sorgente.customers.queries.overview import customer_overview
from sorgente.interfaces.portal.guard import customer, own_party, reader_of
from sorgente.interfaces.portal.own_data import data_of, documents_of_party, json_of, zip_of


@customer
def own_data(request: HttpRequest, party_id: int) -> HttpResponse:
    as_of = localdate()
    party = customer_overview(own_party(request, party_id), as_of=as_of)
    documents = documents_of_party(party, as_of=as_of)
    return render(request, "portal/profile/own_data.html", {"party": party, "documents": len(documents)})


@customer
def download(request: HttpRequest, party_id: int, shape: str) -> HttpResponseBase:
    """Send the data as JSON, or with every document as ZIP."""
    own_party(request, party_id)
    if shape not in ("json", "zip"):
        raise Http404(shape)
    as_of = localdate()
    if shape == "zip":
        made = zip_of(party_id, as_of=as_of, reader=reader_of(request), at=timezone.now())
        return FileResponse(made, as_attachment=True, filename="i-miei-dati.zip")
    answer = HttpResponse(json_of(data_of(party_id, as_of=as_of)), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="i-miei-dati.json"'
    return answer
