"""Reads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.listing import Column, day_after, day_asked, show_list, units_cell
from sorgente.metering.queries.read_list import KINDS, STATES, list_reads

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
