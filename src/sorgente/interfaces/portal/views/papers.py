"""Papers to sign and papers signed, of the persons the login speaks for."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sorgente.archive.queries.documents import document_of
from sorgente.archive.signing.core.values import EnvelopeState, Method
from sorgente.archive.signing.queries.envelopes import EnvelopeView, UnknownEnvelope, envelope, envelopes_of_subject
from sorgente.archive.usecases.read_document import read_document_for
from sorgente.interfaces.portal.guard import customer, reader_of, visitor_of
from sorgente.journeys.contracts.declare import sign_from_the_area


@customer
def papers(request: HttpRequest) -> HttpResponse:
    references = [f"party:{one}" for one in visitor_of(request).login.party_ids]
    found = [one for reference in references for one in _signed_by(reference)]
    context = {
        "waiting": [one for one in found if waits(one)],
        "signed": [one for one in found if one.state is EnvelopeState.COMPLETED],
    }
    return render(request, "portal/papers/papers.html", context)


@customer
@require_POST
def sign(request: HttpRequest, envelope_id: int) -> HttpResponse:
    """Open a paper that waits, by a link made now: the one in the e-mail is kept nowhere, so it cannot be shown."""
    found = _own(request, envelope_id)
    if not waits(found):
        raise Http404(str(envelope_id))
    token = sign_from_the_area(envelope_id=envelope_id, by=visitor_of(request).login.email, at=timezone.now())
    return redirect("signing:link_sheet", token)


@customer
def signed_copy(request: HttpRequest, envelope_id: int) -> HttpResponse:
    found = _own(request, envelope_id)
    if found.sealed_document_id is None:
        raise Http404(str(envelope_id))
    sha256 = document_of(found.sealed_document_id).sha256
    content = read_document_for(sha256=sha256, reader=reader_of(request), at=timezone.now())
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="documento-{envelope_id}.pdf"'
    return answer


def papers_waiting(party_id: int) -> list[EnvelopeView]:
    """Return what a party can sign from home today."""
    return [one for one in _signed_by(f"party:{party_id}") if waits(one)]


def waits(one: EnvelopeView) -> bool:
    """Tell whether a paper can be signed from home: a tablet's cannot, and a code tried too often asks for the desk."""
    return (
        one.method is Method.OTP
        and not one.state.final
        and one.state is not EnvelopeState.LOST
        and not one.code_locked
        and one.expires_at > timezone.now()
    )


def _signed_by(reference: str) -> list[EnvelopeView]:
    return [one for one in envelopes_of_subject(reference) if one.party_reference == reference]


def _own(request: HttpRequest, envelope_id: int) -> EnvelopeView:
    try:
        found = envelope(envelope_id)
    except UnknownEnvelope as error:
        raise Http404(str(envelope_id)) from error
    if found.party_reference not in {f"party:{one}" for one in visitor_of(request).login.party_ids}:
        raise Http404(str(envelope_id))
    return found
