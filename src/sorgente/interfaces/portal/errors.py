"""Refusals and missing pages, each in the words of the house it happens in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sorgente.interfaces.portal.security import OURS


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if not request.path.startswith(OURS):
        return render(request, "403.html", status=403)
    is_staff = request.user.is_authenticated and not getattr(request, "is_customer", False)
    return render(request, "portal/refused.html", {"is_staff": is_staff}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    template = "portal/not_found.html" if request.path.startswith(OURS) else "404.html"
    return render(request, template, status=404)
