"""What we pay back to customers: prepared, handed to the bank or the post, paid."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.listing import Column, euro_cell, show_list
from sorgente.payments.queries.refund_list import STATES, WAYS, list_refunds, refunds_waiting
from sorgente.payments.usecases.refunds import prepare_refunds

_COLUMNS = [
    Column("Preparato", lambda row: row["prepared_on"]),
    Column("Riferimento", lambda row: row["end_to_end_id"]),
    Column("Conto", lambda row: row["account"]),
    Column("Cliente", lambda row: row["holder"]),
    Column("Importo €", lambda row: euro_cell(row["cents"])),
    Column("Via", lambda row: row["way"]),
    Column("Stato", lambda row: row["state"]),
    Column("Flusso", lambda row: row["message_id"] or ""),
]


@needs(Right.PAYMENTS)
def refunds(request: HttpRequest) -> HttpResponseBase:
    count, cents = refunds_waiting()
    return show_list(
        request,
        template="desk/refunds/refunds.html",
        name="rimborsi",
        rows=list_refunds(state=request.GET.get("state", ""), way=request.GET.get("way", "")),
        columns=_COLUMNS,
        context={"states": STATES, "ways": WAYS, "waiting": count, "waiting_cents": cents},
    )


@needs(Right.MATCH)
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Turn the credits that are due into refunds; the files are written by the command or the timed job."""
    prepare_refunds(as_of=timezone.localdate(), at=timezone.now())
    return redirect("desk:refunds")
