"""Customers: the search, the list, and the page of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localdate

from sorgente.customers.queries.account_list import list_accounts
from sorgente.customers.queries.overview import (
    UnknownCustomer,
    account_by_number,
    account_overview,
    customer_overview,
)
from sorgente.interfaces.desk.access import Right, may, needs
from sorgente.interfaces.desk.customer_channels import channels_of
from sorgente.interfaces.desk.customer_page import parts_of
from sorgente.interfaces.desk.listing import Column, csv_of, euro_cell, show_list
from sorgente.interfaces.desk.search import find
from sorgente.ledger.queries.accounts import statement_of

_COLUMNS = [
    Column("Cliente", lambda row: row["name"]),
    Column("Tipo", lambda row: row["kind"]),
    Column("Codice fiscale", lambda row: row["tax_code"]),
    Column("Conto", lambda row: row["number"]),
    Column("Comune", lambda row: row["municipality"]),
    Column("Paga con", lambda row: row["payment_method"]),
    Column("Riceve con", lambda row: row["channel"]),
    Column("Dal", lambda row: row["opened_on"]),
    Column("Al", lambda row: row["closed_on"]),
]
_STATEMENT_COLUMNS = [
    Column("Giorno", lambda row: row["booked_on"]),
    Column("Descrizione", lambda row: row["description"]),
    Column("Origine", lambda row: row["source"]),
    Column("Importo €", lambda row: euro_cell(row["cents"])),
    Column("Saldo €", lambda row: euro_cell(row["balance_cents"])),
]


@needs(Right.CUSTOMERS)
def search(request: HttpRequest) -> HttpResponse:
    """The page of results; the live panel asks for the same answer without the page around it."""
    text = request.GET.get("q", "").strip()
    hits = find(text)
    if "go" in request.GET and len(hits) == 1:
        return redirect("desk:customer", hits[0].customer.party_id)
    is_live = request.headers.get("HX-Request") == "true"
    template = "desk/customers/hits.html" if is_live else "desk/customers/search.html"
    response = render(request, template, {"text": text, "hits": hits})
    patch_vary_headers(response, ["HX-Request"])
    return response


@needs(Right.CUSTOMERS)
def customers(request: HttpRequest) -> HttpResponseBase:
    asked = request.GET
    found = list_accounts(
        text=asked.get("q", "").strip(),
        kind=asked.get("kind", ""),
        method=asked.get("method", ""),
        channel=asked.get("channel", ""),
    )
    return show_list(request, template="desk/customers/customers.html", name="clienti", rows=found, columns=_COLUMNS)


@needs(Right.CUSTOMERS)
def customer(request: HttpRequest, party_id: int) -> HttpResponse:
    as_of = localdate()
    try:
        found = customer_overview(party_id, as_of=as_of)
    except UnknownCustomer as error:
        raise Http404 from error
    context: dict[str, Any] = {"customer": found, "as_of": as_of}
    context |= parts_of(found, as_of=as_of, may=lambda right: may(request, right))
    context |= channels_of(found, at=timezone.now(), as_of=as_of, may=lambda right: may(request, right))
    return render(request, "desk/customers/customer.html", context)


@needs(Right.BILLS)
def statement(request: HttpRequest, number: str) -> HttpResponseBase:
    """The statement of one contract account: every entry with the balance after it, or the same as CSV."""
    as_of = localdate()
    try:
        account = account_overview(account_by_number(number), as_of=as_of)
    except UnknownCustomer as error:
        raise Http404 from error
    lines = statement_of(account.id)
    if request.GET.get("export") == "csv":
        rows = [asdict(line) for line in lines]
        return csv_of(f"estratto-conto-{number}", rows, _STATEMENT_COLUMNS)
    context = {
        "account": account,
        "lines": lines[::-1],
        "balance_cents": lines[-1].balance_cents if lines else 0,
        "as_of": as_of,
    }
    return render(request, "desk/customers/statement.html", context)
