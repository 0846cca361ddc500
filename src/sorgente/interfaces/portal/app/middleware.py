"""What the app keeps is asked for, and answered, without a session."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sorgente.interfaces.portal.app.views import LANGUAGES
from sorgente.interfaces.portal.security import Answer


class ShellMiddleware:
    """Hide the session from the shell's files: manifest, service worker, offline page.

    A browser asks for the service worker in the background, also while somebody enters. With the session's old cookie
    it would be told to throw the cookie away, and would throw away the new one: entered, and out again.
    Stands before Django's session middleware.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        offline = (reverse("portal:offline", args=[one]) for one in LANGUAGES)
        self.paths = {reverse("portal:manifest"), reverse("portal:worker"), *offline}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in self.paths:
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self.get_response(request)
