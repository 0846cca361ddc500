"""A SorgenteError reaches the person at the desk as what it is: the object, the facts, the next step."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sorgente.shared.errors import SorgenteError

_log = logging.getLogger(__name__)


class SorgenteErrorMiddleware:
    """Turn what staff can mend into a page (or a part of one, for htmx) with status 422; the rest is a defect."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, SorgenteError):
            return None
        _log.info("%s on %s", error.code, request.path)
        is_part = request.headers.get("HX-Request") == "true"
        template = "desk/parts/trouble.html" if is_part else "desk/trouble.html"
        return render(request, template, {"error": error}, status=422)
