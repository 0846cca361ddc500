"""What the session keeps between the steps of entering: who is half in, and where they wanted to go."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from sorgente.customers.access.usecases.activate import Proven
from sorgente.customers.access.usecases.email_code import send_email_code
from sorgente.interfaces.portal.security import OURS, address_of

_KEPT_FOR = timedelta(minutes=30)


def begin_activation(request: HttpRequest, proven: Proven) -> HttpResponse:
    """Remember who proved to be whom, and ask for an e-mail address."""
    keep(request, "activation", {"proven": asdict(proven)})
    return redirect("portal:activate_email")


def keep(request: HttpRequest, step: str, facts: dict[str, Any]) -> None:
    request.session[f"portal_{step}"] = {**facts, "at": timezone.now().isoformat()}


def kept(request: HttpRequest, step: str) -> dict[str, Any] | None:
    """Return what a step left in the session, for half an hour."""
    found = request.session.get(f"portal_{step}")
    if not found or timezone.now() - datetime.fromisoformat(found["at"]) > _KEPT_FOR:
        return None
    return dict(found)


def drop(request: HttpRequest, *steps: str) -> None:
    for step in steps:
        request.session.pop(f"portal_{step}", None)


def send_code(request: HttpRequest, *, purpose: str, email: str, language: str) -> dict[str, Any]:
    """Mail a code; return what the session keeps of it. A demonstration, which has no mailbox, keeps the code too."""
    code_id, code = send_email_code(
        purpose=purpose, email=email, language=language, address=address_of(request), at=timezone.now()
    )
    return {"code_id": code_id, "email": email, **({"shown": code} if settings.DEMO else {})}


def wanted(request: HttpRequest) -> str:
    """Return the address of ours somebody wanted before they had to sign in, else nothing."""
    following = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    return following if is_ours and following.startswith((*OURS, "/firma/")) else ""


def way_on(request: HttpRequest) -> HttpResponse:
    """Go where they wanted to go, else home, in the language of their login."""
    entry = request.session.get("portal_entry") or {}
    drop(request, "entry")
    return redirect(entry.get("next") or reverse("portal:home"))
