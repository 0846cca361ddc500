"""The public page about the signature: how to ask for it, how it satisfies art. 56 (DPCM 22 February 2013)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from sorgente.journeys.signing import enrolment_values
from sorgente.shared.company import company


@require_GET
def how_it_works(request: HttpRequest) -> HttpResponse:
    facts = enrolment_values(on=timezone.localdate())
    return render(request, "signing/how_it_works.html", {"facts": facts, "company": company()})
