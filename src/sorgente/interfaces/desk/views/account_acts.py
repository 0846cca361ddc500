"""What is done on an account at once, without a request: the code of the web area, a mandate, another meter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code
from sorgente.customers.queries.find import parties_of_points
from sorgente.customers.queries.overview import (
    AccountCard,
    UnknownCustomer,
    account_by_number,
    account_overview,
    customer_overview,
)
from sorgente.customers.queries.points import points_by_id
from sorgente.customers.usecases.because import because
from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.requests.account_forms import MandateForm, MeterForm
from sorgente.interfaces.desk.requests.words import trouble_of
from sorgente.journeys.contracts.mandates import end_mandate, take_mandate
from sorgente.metering.queries.point_meters import meters_at
from sorgente.metering.usecases.devices import NewMeter, replace_device
from sorgente.payments.queries.mandate_list import mandates_of
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError


@needs(Right.CONTRACTS)
@never_cache
def activation(request: HttpRequest, number: str) -> HttpResponse:
    """Make a code for the web area and show it once, on a sheet to be printed."""
    account = _account(number)
    if request.method != "POST":
        return redirect("desk:customer", account.holder_id)
    code = issue_activation_code(account_number=number, at=timezone.now())
    return render(request, "desk/customers/activation.html", {"account": account, "code": code, "company": company()})


@needs(Right.CONTRACTS)
def mandate(request: HttpRequest, number: str) -> HttpResponse:
    """Register a debit mandate signed on paper, or revoke the one there is."""
    account, on = _account(number), timezone.localdate()
    known = mandates_of([account.id])
    active = next((one for one in known if one.state == "active"), None)
    holder = customer_overview(account.holder_id, as_of=on)
    initial = {
        "iban_holder": holder.name, "iban_holder_tax_code": holder.tax_code or holder.vat_number, "signed_on": on,
    }  # fmt: skip
    form = MandateForm(request.POST or None, initial=initial)
    trouble = ""
    if request.method == "POST":
        by = because(author=request.user.get_username(), reason=f"Mandato del conto {number}")
        try:
            if request.POST.get("act") == "revoke":
                with by:
                    end_mandate(account_number=number, on=on, at=timezone.now())
                messages.success(request, _("Mandato revocato: da ora si paga con avviso."))
                return redirect("desk:customer", account.holder_id)
            if form.is_valid():
                told = form.cleaned_data
                with by:
                    take_mandate(
                        account_number=number, iban=told["iban"], holder_name=told["iban_holder"],
                        holder_tax_code=told["iban_holder_tax_code"], signed_on=told["signed_on"],
                    )  # fmt: skip
                messages.success(request, _("Mandato registrato: dalla prossima bolletta c'è l'addebito."))
                return redirect("desk:customer", account.holder_id)
        except SorgenteError as error:
            if request.POST.get("act") == "revoke":
                trouble = trouble_of(error)
            else:
                form.refuse(error)
    context = {"account": account, "active": active, "known": known, "form": form, "trouble": trouble}
    return render(request, "desk/customers/mandate.html", context)


@needs(Right.JUDGE)
def meter_change(request: HttpRequest, point_id: int) -> HttpResponse:
    """Replace the meter at a point: the final index of the old one and the first of the new one, on one day."""
    on = timezone.localdate()
    point = next(iter(points_by_id([point_id], as_of=on, shows_holder=True)), None)
    there = next((one for one in meters_at([point_id], latest=1) if one.removed_on is None), None)
    if point is None or there is None:
        raise Http404(str(point_id))
    initial: dict[str, Any] = {"read_on": on, "first_index": 0, "digits": 5, "diameter_mm": there.diameter_mm}
    form = MeterForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        meter = NewMeter(told["meter_serial"].strip().upper(), digits=told["digits"], diameter_mm=told["diameter_mm"])
        try:
            replace_device(
                old_serial=there.serial, new_meter=meter, replaced_on=told["read_on"], recorded_at=timezone.now(),
                final_index_milli=told["index"] * 1000, first_index_milli=told["first_index"] * 1000,
            )  # fmt: skip
        except SorgenteError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Contatore cambiato."))
            party_id = parties_of_points([point_id]).get(point_id)
            return redirect("desk:customer", party_id) if party_id is not None else redirect("desk:reads")
    return render(request, "desk/customers/meter_change.html", {"point": point, "there": there, "form": form})


def _account(number: str) -> AccountCard:
    try:
        return account_overview(account_by_number(number), as_of=timezone.localdate())
    except UnknownCustomer:
        raise Http404(number) from None
