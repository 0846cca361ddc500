"""Money that came in, and the queue of what nobody could be found for."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sorgente.billing.queries.bill_list import list_bills
from sorgente.interfaces.desk.access import Right, may, needs
from sorgente.interfaces.desk.listing import Column, day_after, day_asked, euro_cell, show_list
from sorgente.ledger.queries.receivables import references_open_for
from sorgente.payments.queries.payment_list import KINDS, MATCHES, list_payments, unmatched_count
from sorgente.payments.usecases.match_payment import match_payment

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
    context = {"payment": found, "candidates": []}
    if found["match"] == "suspense" and found["cents"] > 0 and may(request, Right.MATCH):
        numbers = references_open_for(cents=found["cents"])
        context["candidates"] = list(list_bills(as_of=timezone.localdate(), numbers=numbers)) if numbers else []
    return render(request, "desk/payments/payment.html", context)


@needs(Right.MATCH)
@require_POST
@transaction.atomic
def match(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Give a waiting payment to the bill a person chose."""
    match_payment(
        payment_id=payment_id,
        bill_number=request.POST.get("bill", "").strip().upper(),
        matched_on=timezone.localdate(),
        recorded_at=timezone.now(),
    )
    return redirect("desk:payment", payment_id)
