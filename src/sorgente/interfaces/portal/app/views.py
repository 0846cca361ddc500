"""Manifest, service worker, the page shown without a network, and the ways in from the telephone's own menu."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sorgente.interfaces.portal.app import shell
from sorgente.interfaces.portal.guard import customer, visitor_of
from sorgente.shared.company import company

LANGUAGES = ("it", "en")
PLACES = {"autolettura": "self_reading", "bollette": "bills"}
_THEME = "#004a99"
_GROUND = "#f2f6fa"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Return what a telephone needs to install the area as an app (W3C Web Application Manifest)."""
    name = company().name
    start = reverse("portal:home")
    told = {
        "id": start,
        "name": _("{company}, area clienti").format(company=name),
        "short_name": " ".join(name.split()[:1]),
        "description": _("Bollette, consumi, letture e avvisi della tua acqua."),
        "lang": translation.get_language(),
        "dir": "ltr",
        "start_url": f"{start}?app",
        "scope": start,
        "display": "standalone",
        "orientation": "any",
        "theme_color": _THEME,
        "background_color": _GROUND,
        "categories": ["utilities"],
        "icons": [
            _icon("icon-192.png", 192),
            _icon("icon-512.png", 512),
            _icon("maskable-512.png", 512, purpose="maskable"),
        ],
        "shortcuts": [
            _shortcut(_("Manda la lettura"), "autolettura"),
            _shortcut(_("Bollette"), "bollette"),
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker with the list of what it keeps; it lives under /area/, so /area/ is its scope."""
    told = {
        "version": shell.version(),
        "files": shell.shell_addresses(),
        "offline": {one: reverse("portal:offline", args=[one]) for one in LANGUAGES},
        "area": reverse("portal:home"),
        "entrance": reverse("portal:sign_in"),
        "exit": reverse("portal:sign_out"),
        "devices": reverse("portal:devices"),
        "icon": static("portal/icons/icon-192.png"),
        "badge": static("portal/icons/badge-96.png"),
        "keptFor": shell.KEPT,
    }
    text = f"const APP = {json.dumps(told)};\n{shell.source(shell.WORKER).decode()}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@require_safe
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """The page for no network, in one language: kept on the telephone, so it knows nobody."""
    if language not in LANGUAGES:
        raise Http404(language)
    with translation.override(language):
        return render(request, "portal/app/offline.html")


@customer
def go(request: HttpRequest, place: str) -> HttpResponse:
    """Lead from a shortcut, which knows no account, to the page of the account looked at the latest."""
    accounts = visitor_of(request).accounts
    if place not in PLACES:
        raise Http404(place)
    if not accounts:
        return redirect("portal:home")
    known = {one.account_number: one for one in accounts}
    account = known.get(request.session.get("account", ""), accounts[0])
    return redirect(f"portal:{PLACES[place]}", account.account_number)


def _icon(file: str, pixels: int, *, purpose: str = "any") -> dict[str, str]:
    return {
        "src": static(f"portal/icons/{file}"), "sizes": f"{pixels}x{pixels}", "type": "image/png", "purpose": purpose,
    }  # fmt: skip


def _shortcut(name: str, place: str) -> dict[str, object]:
    return {"name": name, "url": reverse("portal:go", args=[place]), "icons": [_icon("icon-192.png", 192)]}
