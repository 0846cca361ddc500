"""The tablet at the counter: paired by a code, then it waits for what the clerk sends."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sorgente.archive.signing.queries.envelopes import next_envelope_for_tablet
from sorgente.archive.signing.queries.tablets import TabletUnknown, tablet
from sorgente.archive.signing.usecases.tablets import PairingRefused, pair_tablet, tablet_seen
from sorgente.customers.access.usecases import limits
from sorgente.interfaces.portal.security import address_of
from sorgente.interfaces.portal.signing.doors import TABLET_COOKIE, forget_tablet, keep_tablet, name_device
from sorgente.interfaces.portal.signing.words import told


@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a clerk, or wait for a document."""
    now = timezone.now()
    device_token = request.COOKIES.get(TABLET_COOKIE, "")
    try:
        paired = tablet(device_token, at=now)
        found = next_envelope_for_tablet(device_token, at=now)
    except TabletUnknown:
        response = render(request, "signing/pair.html", {"code": request.GET.get("codice", "")[:20]})
        if device_token:
            forget_tablet(response)
        return response
    if found is not None:
        return redirect("signing:tablet_sheet", found.id)
    return render(request, "signing/waiting.html", {"tablet": paired})


@never_cache
@require_POST
def pair(request: HttpRequest) -> HttpResponse:
    """Pair this browser with the clerk whose code it is."""
    now = timezone.now()
    typed = request.POST.get("code", "")[:40]
    address = address_of(request)
    try:
        limits.refuse_if_too_many(what="pair-address", key=address, at=now)
        paired = pair_tablet(code=typed, at=now, device=request.headers.get("User-Agent", ""))
    except (PairingRefused, limits.TooManyAttempts) as problem:
        if isinstance(problem, PairingRefused):
            limits.count(what="pair-address", key=address, at=now)
        return render(request, "signing/pair.html", {"code": typed, "problem": told(problem)}, status=422)
    response = redirect("signing:tablet")
    keep_tablet(response, device_token=paired.device_token, seconds=int((paired.expires_at - now).total_seconds()))
    name_device(request, response)
    return response


@never_cache
@require_GET
def poll(request: HttpRequest) -> HttpResponse:
    """Tell a tablet that asks every two seconds whether it should show something else (`?here=` the envelope shown)."""
    now = timezone.now()
    device_token = request.COOKIES.get(TABLET_COOKIE, "")
    here = request.GET.get("here", "")
    response = HttpResponse(status=204)
    try:
        tablet_seen(device_token=device_token, at=now)
        found = next_envelope_for_tablet(device_token, at=now)
    except TabletUnknown:
        response = HttpResponse()
        response["HX-Redirect"] = reverse("signing:tablet")
        return response
    if found is not None and str(found.id) != here:
        response = HttpResponse()
        response["HX-Redirect"] = reverse("signing:tablet_sheet", args=[found.id])
    elif found is None and here and "done" not in request.GET:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
    return response
