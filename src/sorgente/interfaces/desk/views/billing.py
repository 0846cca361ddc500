"""Bills and runs."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from sorgente.billing.queries.bill_file import bill_file
from sorgente.billing.queries.bill_list import KINDS, list_bills
from sorgente.billing.queries.replay import replay_bill
from sorgente.billing.queries.run_list import list_runs, parked_items, parked_reasons, run_by_name, run_states
from sorgente.billing.usecases.release_item import release_item
from sorgente.interfaces.desk.access import Right, may, needs
from sorgente.interfaces.desk.listing import Column, day_after, day_asked, euro_cell, show_list, units_cell
from sorgente.interfaces.desk.run_progress import progress_of
from sorgente.ledger.queries.accounts import items_of, settlements_of
from sorgente.messages.queries.messages import messages_about
from sorgente.payments.queries.bill_payment import payment_of
from sorgente.payments.queries.payment_list import list_payments
from sorgente.payments.queries.run_collection import bills_asked_for

_BILL_COLUMNS = [
    Column("Bolletta", lambda row: row["number"]),
    Column("Tipo", lambda row: row["kind"]),
    Column("Cliente", lambda row: row["holder"]),
    Column("Conto", lambda row: row["account"]),
    Column("Punto", lambda row: row["point"]),
    Column("Emessa", lambda row: row["issued_on"]),
    Column("Scade", lambda row: row["due_on"]),
    Column("Dal", lambda row: row["start"]),
    Column("Al (escluso)", lambda row: row["end"]),
    Column("m³", lambda row: units_cell(row["quantity_milli"])),
    Column("Totale €", lambda row: euro_cell(row["total_cents"])),
    Column("Da pagare €", lambda row: euro_cell(row["to_pay_cents"])),
    Column("Aperto €", lambda row: euro_cell(row["open_cents"])),
]
_RUN_COLUMNS = [
    Column("Emissione", lambda row: row["name"]),
    Column("Data bolletta", lambda row: row["bill_on"]),
    Column("Scadenza", lambda row: row["due_on"]),
    Column("Letture fino al", lambda row: row["read_through"]),
    Column("Passo", lambda row: row["stage"]),
    Column("Selezionate", lambda row: row["selected"]),
    Column("Emesse", lambda row: row["issued"]),
    Column("Sospese", lambda row: row["parked"]),
    Column("Documenti", lambda row: row["rendered"]),
    Column("Trasmesse", lambda row: row["transmitted"]),
    Column("Recapitate", lambda row: row["delivered"]),
]
_PARKED_COLUMNS = [
    Column("Emissione", lambda row: row["run_name"]),
    Column("Contratto", lambda row: row["contract_number"]),
    Column("Cliente", lambda row: row["holder"]),
    Column("Punto", lambda row: row["point"]),
    Column("Codice", lambda row: row["code"]),
    Column("Motivo", lambda row: row["reason"]),
    Column("Che cosa fare", lambda row: row["next_step"]),
]


@needs(Right.BILLS)
def bills(request: HttpRequest) -> HttpResponseBase:
    as_of = localdate()
    asked = request.GET
    found = list_bills(
        as_of=as_of,
        text=asked.get("q", "").strip(),
        kind=asked.get("kind", ""),
        basis=asked.get("basis", ""),
        state=asked.get("state", ""),
        start=day_asked(request, "from"),
        end=day_after(day_asked(request, "to")),
        by_due_day=asked.get("day") == "due",
        run=asked.get("run", ""),
    )
    return show_list(
        request,
        template="desk/billing/bills.html",
        name="bollette",
        rows=found,
        columns=_BILL_COLUMNS,
        context={"as_of": as_of, "kinds": KINDS},
    )


@needs(Right.RUNS)
def runs(request: HttpRequest) -> HttpResponseBase:
    return show_list(
        request, template="desk/billing/runs.html", name="emissioni", rows=list_runs(), columns=_RUN_COLUMNS
    )


@needs(Right.RUNS)
def run(request: HttpRequest, name: str) -> HttpResponse:
    """The cockpit of a run; the page asks again for its progress part while the run goes on."""
    found = run_by_name(name)
    if found is None:
        raise Http404
    collected = bills_asked_for(name)
    context = {
        "run": found,
        "collected": collected,
        "progress": progress_of(found, run_states(name), collected=collected, now=timezone.now()),
        "reasons": parked_reasons(name),
    }
    is_part = request.headers.get("HX-Request") == "true"
    response = render(request, "desk/billing/progress.html" if is_part else "desk/billing/run.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@needs(Right.RUNS)
def parked(request: HttpRequest) -> HttpResponseBase:
    name, code = request.GET.get("run", ""), request.GET.get("code", "")
    return show_list(
        request,
        template="desk/billing/parked.html",
        name="sospese",
        rows=parked_items(run=name, code=code),
        columns=_PARKED_COLUMNS,
        context={"reasons": parked_reasons(name)},
    )


@needs(Right.BILLS)
def bill(request: HttpRequest, number: str) -> HttpResponse:
    found = bill_file(number)
    if found is None:
        raise Http404
    as_of = localdate()
    items = items_of(number)
    context = {
        "bill": found,
        "as_of": as_of,
        "open_cents": sum(item.open_cents for item in items if item.cents > 0),
        "settlements": settlements_of(number),
        "paying": payment_of(number),
        "messages_sent": messages_about(f"bill:{number}") if may(request, Right.MESSAGES) else [],
        "payments": list(list_payments(bill=number)) if may(request, Right.PAYMENTS) else [],
    }
    return render(request, "desk/billing/bill.html", context)


@needs(Right.RELEASE)
@require_POST
@transaction.atomic
def release(request: HttpRequest, item_id: int) -> HttpResponse:
    """Let the run take a parked bill again, with the reason; htmx gets the row as it stands then."""
    item = release_item(
        item_id=item_id,
        released_by=request.user.get_username(),
        released_at=timezone.now(),
        reason=request.POST.get("reason", "").strip(),
    )
    if request.headers.get("HX-Request") == "true":
        return render(request, "desk/billing/released_row.html", {"item": item})
    return redirect("desk:parked")


@needs(Right.REPLAY)
@require_POST
def replay(request: HttpRequest, number: str) -> HttpResponse:
    """Compute the bill again from its stored inputs and say what differs from what went out."""
    if bill_file(number) is None:
        raise Http404
    return render(request, "desk/billing/replay.html", {"replay": replay_bill(number)})
