"""Signatures at the counter: tablets of the clerk, envelopes under way, and what the customer is doing right now."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sorgente.archive.queries.documents import document_of
from sorgente.archive.signing.core.values import EnvelopeState, FieldState, Method
from sorgente.archive.signing.queries.envelopes import EnvelopeView, UnknownEnvelope, envelope, envelopes
from sorgente.archive.signing.queries.events import events
from sorgente.archive.signing.queries.tablets import TabletUnknown, TabletView, pairing, tablets_of
from sorgente.archive.signing.usecases.end_envelope import cancel_envelope
from sorgente.archive.signing.usecases.tablets import (
    assign_envelope_to_tablet,
    offer_pairing,
    report_tablet_lost,
    unpair_tablet,
)
from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.requests.words import trouble_of
from sorgente.journeys.signing import finish_on_paper, sign_another_way
from sorgente.shared.errors import SorgenteError

_CODE = "pairing_code"  # in the session, because the code is told once: {pairing id: code}


@needs(Right.SIGNING)
@require_GET
def signing(request: HttpRequest) -> HttpResponseBase:
    """The clerk's tablets and the latest envelopes; `?all=1` shows everybody's."""
    mine = None if request.GET.get("all") else _clerk(request)
    context = {
        "tablets": tablets_of(_clerk(request), at=timezone.now()),
        "envelopes": envelopes(opened_by=mine),
        "is_all": mine is None,
    }
    return render(request, "desk/signing/signing.html", context)


@needs(Right.SIGNING)
@require_POST
def signing_pair(request: HttpRequest) -> HttpResponse:
    """Offer a pairing and show its code; `next` is where the clerk goes on once the tablet took it."""
    offer = offer_pairing(clerk=_clerk(request), at=timezone.now())
    after = request.POST.get("envelope", "")
    request.session[_CODE] = {"pairing": offer.pairing_id, "code": offer.code, "envelope": after}
    return redirect("desk:signing_pairing", offer.pairing_id)


@needs(Right.SIGNING)
@require_GET
def signing_pairing(request: HttpRequest, pairing_id: int) -> HttpResponse:
    """Show the QR code and the letters; the page leaves by itself when the tablet is there."""
    offered = _own_pairing(request, pairing_id)
    if offered.paired_at is not None:
        return redirect(_after_pairing(request))
    kept = request.session.get(_CODE, {})
    if kept.get("pairing") != pairing_id or offered.code_expires_at <= timezone.now():
        messages.info(request, _("Il codice è scaduto: chiedine uno nuovo."))
        return redirect("desk:signing")
    address = f"{settings.SITE_ADDRESS}{reverse('signing:tablet')}"
    context = {
        "pairing": offered,
        "code": kept["code"],
        "address": address,
        "qr": _qr(f"{address}?codice={kept['code']}"),
    }
    return render(request, "desk/signing/pairing.html", context)


@needs(Right.SIGNING)
@require_GET
def signing_pairing_state(request: HttpRequest, pairing_id: int) -> HttpResponse:
    """Send the waiting page on when the tablet took the code, or the code is too old."""
    offered = _own_pairing(request, pairing_id)
    response = HttpResponse(status=204)
    if offered.paired_at is not None:
        response = HttpResponse()
        response["HX-Redirect"] = _after_pairing(request)
    elif offered.code_expires_at <= timezone.now():
        response = HttpResponse()
        response["HX-Redirect"] = reverse("desk:signing")
    return response


@needs(Right.SIGNING)
@require_POST
def signing_tablet(request: HttpRequest, pairing_id: int) -> HttpResponse:
    """Unpair a tablet, or report it lost: then its envelopes wait for another one."""
    offered = _own_pairing(request, pairing_id)
    end = report_tablet_lost if request.POST.get("act") == "lost" else unpair_tablet
    waiting = end(pairing_id=offered.pairing_id, at=timezone.now())
    if waiting:
        messages.warning(request, _("Tablet scollegato. I documenti in corso aspettano un altro tablet."))
    else:
        messages.success(request, _("Tablet scollegato."))
    return redirect("desk:signing")


@needs(Right.SIGNING)
@require_GET
def signing_envelope(request: HttpRequest, envelope_id: int) -> HttpResponse:
    return render(request, "desk/signing/envelope.html", _envelope_context(request, _found(envelope_id)))


@needs(Right.SIGNING)
@require_GET
def signing_state(request: HttpRequest, envelope_id: int) -> HttpResponse:
    """The live part of an envelope's page; 204 while nothing changed, so that the clerk's focus stays where it is."""
    context = _envelope_context(request, _found(envelope_id))
    if request.GET.get("seen") == context["stamp"]:
        return HttpResponse(status=204)
    return render(request, "desk/signing/state.html", context)


@needs(Right.SIGNING)
@require_POST
def signing_send(request: HttpRequest, envelope_id: int) -> HttpResponse:
    """Send an envelope to one of the clerk's tablets."""
    asked = request.POST.get("tablet", "")
    tablet = _own_pairing(request, int(asked) if asked.isdecimal() else 0)
    assign_envelope_to_tablet(envelope_id=_found(envelope_id).id, pairing_id=tablet.pairing_id, at=timezone.now())
    return redirect("desk:signing_envelope", envelope_id)


@needs(Right.SIGNING)
@require_POST
def signing_cancel(request: HttpRequest, envelope_id: int) -> HttpResponse:
    cancel_envelope(
        envelope_id=_found(envelope_id).id, reason="cancelled at the counter", by=_clerk(request), at=timezone.now()
    )
    return redirect("desk:signing_envelope", envelope_id)


@needs(Right.SIGNING)
@require_POST
def signing_scan(request: HttpRequest, envelope_id: int) -> HttpResponse:
    """Take the scan of the paper signed by hand: which fields bear a signature, and whose."""
    found, scan = _found(envelope_id), request.FILES.get("scan")
    try:
        finish_on_paper(
            envelope_id=found.id,
            content=b"" if scan is None else scan.read(),
            filename="" if scan is None else str(scan.name),
            signed=request.POST.getlist("signed_fields"),
            hand=request.POST.get("hand", "")[:120],
            by=_clerk(request),
            at=timezone.now(),
        )
    except SorgenteError as error:
        context = _envelope_context(request, _found(envelope_id)) | {"trouble": trouble_of(error)}
        return render(request, "desk/signing/envelope.html", context, status=422)
    return redirect("desk:signing_envelope", envelope_id)


@needs(Right.SIGNING)
@require_POST
def signing_another_way(request: HttpRequest, envelope_id: int) -> HttpResponse:
    """Have the same paper signed by tablet, code or pen on paper instead; the old envelope ends."""
    asked = request.POST.get("method", "")
    opened = sign_another_way(
        envelope_id=_found(envelope_id).id,
        method=Method(asked) if asked in set(Method) else Method.TABLET,
        reason="another way of signing chosen at the counter",
        by=_clerk(request),
        at=timezone.now(),
    )
    if asked == Method.OTP:
        messages.success(request, _("Il collegamento per firmare è partito per e-mail."))
    return redirect("desk:signing_envelope", opened.id)


def _clerk(request: HttpRequest) -> str:
    return request.user.get_username()


def _found(envelope_id: int) -> EnvelopeView:
    try:
        return envelope(envelope_id)
    except UnknownEnvelope:
        raise Http404(str(envelope_id)) from None


def _own_pairing(request: HttpRequest, pairing_id: int) -> TabletView:
    try:
        found = pairing(pairing_id)
    except TabletUnknown:
        raise Http404(str(pairing_id)) from None
    if found.clerk != _clerk(request):
        raise Http404(str(pairing_id))
    return found


def _after_pairing(request: HttpRequest) -> str:
    envelope_id = request.session.get(_CODE, {}).get("envelope", "")
    if envelope_id.isdecimal():
        return reverse("desk:signing_envelope", args=[int(envelope_id)])
    return reverse("desk:signing")


def _envelope_context(request: HttpRequest, found: EnvelopeView) -> dict[str, Any]:
    sealed = None if found.sealed_document_id is None else document_of(found.sealed_document_id)
    happened = events(found.id)
    tablets = tablets_of(_clerk(request), at=timezone.now())
    return {
        "envelope": found,
        "document": document_of(found.document_id),
        "sealed": sealed,
        "tablets": tablets,
        "stamp": f"{len(happened)}-{'.'.join(str(one.pairing_id) for one in tablets)}",
        "decided": sum(one.state is not FieldState.WAITING for one in found.fields),
        "contract_request": next((one[8:] for one in found.subjects if one.startswith("request:")), ""),
        "is_live": not found.state.final,
        "is_lost": found.state is EnvelopeState.LOST,
        "events": happened,
    }


def _qr(text: str) -> str:
    """Return a QR code as an address of an image: nothing is drawn inline."""
    return segno.make(text, error="m").svg_data_uri(scale=8, border=2, dark="#17324d", light="#fff")
