"""Reads."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.listing import Column, day_after, day_asked, show_list, units_cell
from sorgente.metering.queries.read_list import KINDS, STATES, list_reads
from sorgente.metering.usecases.held_reads import discard_read, release_read

_COLUMNS = [
    Column("Contatore", lambda row: row["serial"]),
    Column("Giorno", lambda row: row["read_on"]),
    Column("Lettura m³", lambda row: units_cell(row["index_milli"])),
    Column("Origine", lambda row: row["kind"]),
    Column("Stato", lambda row: row["state"]),
    Column("Motivo", lambda row: row["reason"]),
]


@needs(Right.METERS)
def reads(request: HttpRequest) -> HttpResponseBase:
    asked = request.GET
    found = list_reads(
        text=asked.get("q", "").strip(),
        kind=asked.get("kind", ""),
        state=asked.get("state", ""),
        start=day_asked(request, "from"),
        end=day_after(day_asked(request, "to")),
    )
    return show_list(
        request,
        template="desk/metering/reads.html",
        name="letture",
        rows=found,
        columns=_COLUMNS,
        context={"kinds": [*KINDS, ("direct", "Lettura diretta")], "states": STATES},
    )


@needs(Right.JUDGE)
@require_POST
@transaction.atomic
def judge(request: HttpRequest, read_id: int) -> HttpResponse:
    """Release or discard a held read, with the reason; htmx gets the row as it stands then."""
    who, reason, now = request.user.get_username(), request.POST.get("reason", "").strip(), timezone.now()
    if request.POST.get("decision") == "release":
        release_read(read_id=read_id, released_by=who, released_at=now, reason=reason)
    else:
        discard_read(read_id=read_id, discarded_by=who, discarded_at=now, reason=reason)
    if request.headers.get("HX-Request") == "true":
        return render(request, "desk/metering/read_row.html", {"row": list_reads(ids=[read_id]).get()})
    return redirect("desk:reads")
