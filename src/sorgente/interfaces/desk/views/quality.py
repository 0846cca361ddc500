"""Service standards: what falls due, the indemnities, the register, and the figures of a year."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.listing import Column, day_after, day_asked, euro_cell, show_list
from sorgente.interfaces.desk.quality_words import INDEMNITY_STATES, OUTCOMES, amount_words
from sorgente.quality.queries.clocks import WINDOWS, clock_counts, list_clocks, standards_in_use
from sorgente.quality.queries.indemnities import indemnity_totals, list_indemnities
from sorgente.quality.queries.register import COLUMNS, register_cell
from sorgente.quality.queries.register import register as performances
from sorgente.quality.queries.totals import macro_of_year, totals_of_year
from sorgente.quality.usecases.settle_indemnities import record_direct_payment

_CLOCK_COLUMNS = [
    Column("Scade", lambda row: row["due_on"]),
    Column("Indicatore", lambda row: row["standard"]),
    Column("Riferimento", lambda row: row["reference"]),
    Column("Conto", lambda row: row["account_number"]),
    Column("Canale", lambda row: row["channel"]),
    Column("Inizio", lambda row: timezone.localtime(row["started_at"]).isoformat(timespec="minutes")),
    Column("Standard", lambda row: amount_words(row["level_amount"], row["unit"])),
    Column("Stato", lambda row: row["state"]),
    Column("Note", lambda row: row["text"]),
]
_INDEMNITY_COLUMNS = [
    Column("Conto", lambda row: row["account_number"]),
    Column("Indicatore", lambda row: row["standard"]),
    Column("Riferimento", lambda row: row["reference"]),
    Column("Importo €", lambda row: euro_cell(row["cents"])),
    Column("Stato", lambda row: row["state"]),
    Column("Motivo", lambda row: row["excluded"]),
    Column("Maturato il", lambda row: row["accrued_on"]),
    Column("Entro il", lambda row: row["settle_by"]),
    Column("Bolletta", lambda row: row["bill_number"]),
    Column("Pagamento", lambda row: row["payment_reference"]),
    Column("Corrisposto il", lambda row: row["paid_on"]),
]
_REGISTER_COLUMNS = [Column(heading, partial(register_cell, name=name)) for name, heading in COLUMNS.items()]


@needs(Right.QUALITY)
def quality(request: HttpRequest) -> HttpResponseBase:
    """Show what falls due: late, today, this week or all that is open."""
    as_of, asked = localdate(), request.GET
    window = asked.get("window", "")
    found = list_clocks(
        as_of=as_of,
        window=window if window in WINDOWS else "open",
        indicator=asked.get("standard", ""),
        text=asked.get("q", "").strip(),
    )
    names = standards_in_use(as_of=as_of)
    context = {
        "as_of": as_of,
        "counts": clock_counts(as_of=as_of),
        "names": names,
        "standards": _choices(names),
        "totals": indemnity_totals(),
    }
    return show_list(
        request, template="desk/quality/deadlines.html", name="scadenze", rows=found, columns=_CLOCK_COLUMNS,
        context=context,
    )  # fmt: skip


@needs(Right.QUALITY)
def quality_indemnities(request: HttpRequest) -> HttpResponseBase:
    asked, as_of = request.GET, localdate()
    found = list_indemnities(
        state=asked.get("state", ""), standard=asked.get("standard", ""), text=asked.get("q", "").strip()
    )
    names = standards_in_use(as_of=as_of)
    totals = indemnity_totals()
    context = {
        "as_of": as_of,
        "names": names,
        "standards": _choices(names),
        "states": [("open", _("Ancora da corrispondere")), *INDEMNITY_STATES.items()],
        "totals": [(state, *totals[state]) for state in INDEMNITY_STATES if state != "excluded"],
    }
    return show_list(
        request, template="desk/quality/indemnities.html", name="indennizzi", rows=found, columns=_INDEMNITY_COLUMNS,
        context=context,
    )  # fmt: skip


@needs(Right.QUALITY)
@require_POST
@transaction.atomic
def quality_indemnity_paid(request: HttpRequest, indemnity_id: int) -> HttpResponse:
    """Record that an indemnity of the list of direct payments was paid today."""
    record_direct_payment(
        indemnity_id=indemnity_id,
        paid_on=localdate(),
        payment_reference=request.POST.get("reference", "").strip()[:80],
        at=timezone.now(),
    )
    return redirect("desk:quality_indemnities")


@needs(Right.QUALITY)
def quality_register(request: HttpRequest) -> HttpResponseBase:
    asked, as_of = request.GET, localdate()
    found = performances(
        start=day_asked(request, "from"),
        end=day_after(day_asked(request, "to")),
        standard=asked.get("standard", ""),
        outcome=asked.get("outcome", ""),
        text=asked.get("q", "").strip(),
    )
    names = standards_in_use(as_of=as_of)
    context = {"as_of": as_of, "names": names, "standards": _choices(names), "outcomes": list(OUTCOMES.items())}
    return show_list(
        request, template="desk/quality/register.html", name="registro-qualita", rows=found,
        columns=_REGISTER_COLUMNS, context=context,
    )  # fmt: skip


@needs(Right.QUALITY)
def quality_year(request: HttpRequest) -> HttpResponse:
    """Show the figures of a year, as the yearly return asks them."""
    this_year = localdate().year
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2016 < int(asked[:4]) <= this_year else this_year
    context = {
        "year": year,
        "years": range(this_year, this_year - 5, -1),
        "rows": totals_of_year(year),
        "macro": macro_of_year(year),
    }
    return render(request, "desk/quality/year.html", context)


def _choices(names: dict[str, str]) -> list[tuple[str, Any]]:
    return [(code, f"{code} · {name}") for code, name in names.items()]
