"""The addresses programs call, described at /api/openapi.json. Every one of them is signed (`signed_requests`)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from sorgente.interfaces.api.calls import router as calls
from sorgente.interfaces.api.signed_requests import SignedRequest
from sorgente.shared.errors import SorgenteError

# No page of documentation: it would fetch its scripts from elsewhere, which the pages' policy refuses.
api = NinjaAPI(title="Sorgente", version="1", docs_url=None, urls_namespace="sorgente-api", auth=SignedRequest())
api.add_router("/calls/", calls)


@api.exception_handler(SorgenteError)
def answer_with_the_facts(request: HttpRequest, error: SorgenteError) -> HttpResponse:
    return api.create_response(request, error.as_dict(), status=422)
