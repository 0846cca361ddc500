"""Money that came in, and the queue of what nobody could be found for."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.listing import Column, day_after, day_asked, euro_cell, show_list
from sorgente.payments.queries.payment_list import KINDS, MATCHES, list_payments, unmatched_count

_COLUMNS = [
    Column("Pagato", lambda row: row["paid_on"]),
    Column("Contabile", lambda row: row["booked_on"]),
    Column("Via", lambda row: row["kind"]),
    Column("Stato", lambda row: row["match"]),
    Column("Importo €", lambda row: euro_cell(row["cents"])),
    Column("Pagatore", lambda row: row["payer"]),
    Column("Causale", lambda row: row["remittance"]),
    Column("Conto", lambda row: row["account"]),
    Column("Bolletta", lambda row: row["bill_number"]),
    Column("Abbinato per", lambda row: row["matched_by"]),
]


@needs(Right.PAYMENTS)
def payments(request: HttpRequest) -> HttpResponseBase:
    asked = request.GET
    found = list_payments(
        text=asked.get("q", "").strip(),
        kind=asked.get("kind", ""),
        match=asked.get("match", ""),
        start=day_asked(request, "from"),
        end=day_after(day_asked(request, "to")),
    )
    return show_list(
        request,
        template="desk/payments/payments.html",
        name="incassi",
        rows=found,
        columns=_COLUMNS,
        context={"kinds": KINDS, "matches": MATCHES, "unmatched": unmatched_count()},
    )


@needs(Right.PAYMENTS)
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    found = list_payments(ids=[payment_id]).first()
    if found is None:
        raise Http404
    return render(request, "desk/payments/payment.html", {"payment": found})
