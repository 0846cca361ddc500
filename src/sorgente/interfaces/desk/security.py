"""Middleware of the desk: a strict Content-Security-Policy, and no page without a second factor."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

Answer = Callable[[HttpRequest], HttpResponse]

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self' 'nonce-{nonce}'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
}
# Chromium's own PDF viewer styles itself inline inside the frame; a PDF runs nothing of ours.
_POLICY_OF_DOCUMENTS = "frame-ancestors 'self'"


class ContentSecurityPolicyMiddleware:
    """Give each page a nonce (`request.csp_nonce`) and a policy without inline code or foreign addresses."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("application/pdf"):
            policy = _POLICY_OF_DOCUMENTS
        else:
            policy = "; ".join(f"{name} {value}" for name, value in _POLICY.items()).format(nonce=nonce)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class SecondFactorMiddleware:
    """Staff without a second factor see nothing but the page that sets one up."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_customer = getattr(request, "is_customer", False)  # they have a second factor of their own: portal.security
        if request.user.is_authenticated and not is_customer and not self._open_without(request.path):
            # Kept in the session, which ends with the sign-out: one query a session, not one a page.
            if not request.session.get("second_factor") and is_mfa_enabled(request.user):
                request.session["second_factor"] = True
            if not request.session.get("second_factor"):
                return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _open_without(path: str) -> bool:
        own = ("mfa_activate_totp", "account_logout", "account_reauthenticate", "set_language")
        return path.startswith("/" + settings.STATIC_URL.strip("/") + "/") or path in {reverse(name) for name in own}
