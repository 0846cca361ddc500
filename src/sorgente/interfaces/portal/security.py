"""Customers reach the web area and nothing of the desk; what makes a session a customer's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sorgente.customers.access.queries.accounts_of_user import is_customer_user, login_of_user
from sorgente.customers.access.usecases.sign_in import note_session

Answer = Callable[[HttpRequest], HttpResponse]

AREA = "/area/"
BOOKING = "/appuntamenti/"
OURS = (AREA, BOOKING)  # pages with the face of the web area
_OPEN = (*OURS, "/firma/", "/language/", "/api/", "/" + settings.STATIC_URL.strip("/") + "/")


class CustomerMiddleware:
    """Keep the two houses apart. `request.is_customer` tells whose session it is; strangers are neither."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.is_customer = False  # type: ignore[attr-defined]
        if request.user.is_authenticated and self._is_customer(request):
            request.is_customer = True  # type: ignore[attr-defined]
            if not request.session.get("second_factor") or login_of_user(request.user.pk) is None:
                # Came in by another door than ours, or was blocked meanwhile.
                logout(request)
                return redirect("portal:sign_in")
            if not request.path.startswith(_OPEN):
                return redirect("portal:home")
        return self.get_response(request)

    @staticmethod
    def _is_customer(request: HttpRequest) -> bool:
        # Kept in the session, which ends with the sign-out: one query a session, not one a page.
        kept = request.session.get("customer")
        if kept is None:
            kept = request.session["customer"] = is_customer_user(request.user.pk or 0)
        return bool(kept)


def enter(request: HttpRequest, user_id: int, *, at: datetime) -> None:
    """Begin the session of a customer who has given both factors."""
    user = get_user_model().objects.get(pk=user_id)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["customer"] = request.session["second_factor"] = True
    note_session(user_id=user_id, session_key=request.session.session_key or "", device=device_of(request), at=at)


def address_of(request: HttpRequest) -> str:
    """Return the network address that asks; behind a proxy the server puts the right one in REMOTE_ADDR."""
    return str(request.META.get("REMOTE_ADDR", ""))


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


def device_of(request: HttpRequest) -> str:
    """Return browser and system as a person says them: Chrome · Android."""
    agent = request.headers.get("User-Agent", "")
    named = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in named if name) or "Browser"
