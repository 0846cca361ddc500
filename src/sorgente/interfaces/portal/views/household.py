"""Who lives here: what the contract counts, and a declaration when it changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sorgente.customers.queries.overview import ContractCard, account_overview
from sorgente.customers.queries.requests import RequestLine, RequestView, request_view, requests_of_party
from sorgente.customers.queries.uses import use_of
from sorgente.interfaces.portal.forms import PortalForm
from sorgente.interfaces.portal.guard import customer, own_account, own_party, visitor_of
from sorgente.journeys.contracts.clocks import reference_of
from sorgente.journeys.contracts.declare import declare_household
from sorgente.quality.queries.clocks import clocks_of
from sorgente.shared.errors import SorgenteError

_MOST = 20
STATEMENT = gettext_lazy(
    "Dichiaro che è vero. So che chi dichiara il falso ne risponde davanti alla legge (DPR 445/2000, articoli 46, 47 e 76)."  # noqa: E501
)


class HouseholdForm(PortalForm):
    residents = forms.IntegerField(
        label=gettext_lazy("Quante persone vivono qui?"), min_value=1, max_value=_MOST,
        help_text=gettext_lazy("Conta chi ha qui la residenza, anche i bambini."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Qui manca qualcosa."),
                        "invalid": gettext_lazy("Scrivi solo numeri, senza virgola."),
                        "min_value": gettext_lazy("Almeno una persona."),
                        "max_value": gettext_lazy("Se siete più di venti, chiamaci.")},
    )  # fmt: skip
    from_on = forms.DateField(
        label=gettext_lazy("Da che giorno?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Anche un giorno passato: ricalcoliamo le bollette da allora."),
        error_messages={"required": gettext_lazy("Qui manca qualcosa.")},
    )  # fmt: skip
    accepted = forms.BooleanField(
        label=STATEMENT, error_messages={"required": gettext_lazy("Serve la tua dichiarazione per andare avanti.")}
    )


@customer
def household(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number, to_act=True, as_holder=True)
    today = localdate()
    contract = _contract(account_overview(access.account_id, as_of=today).contracts)
    if contract is None or contract.terms is None:
        raise Http404(number)
    use = use_of(tariff=contract.terms.tariff, category=contract.terms.category, on=today)
    under_way = next(
        (one for one in requests_of_party(access.party_id) if one.kind == "household" and _is_about(one, number)), None
    )
    form = HouseholdForm(request.POST or None, initial={"from_on": today})
    context: dict[str, Any] = {
        "access": access, "contract": contract, "use": use, "form": form, "under_way": under_way,
        "earliest": max(contract.start, today - timedelta(days=5 * 365)), "today": today,
    }  # fmt: skip
    asked = use.asks == "residents" and under_way is None
    if request.method == "POST" and asked and form.is_valid():
        try:
            made = declare_household(
                party_id=access.party_id, contract_number=contract.number, residents=form.cleaned_data["residents"],
                from_on=form.cleaned_data["from_on"], statement=str(STATEMENT), at=timezone.now(),
                declared_by=visitor_of(request).login.email,
            )  # fmt: skip
            messages.success(request, _("Ricevuta: la guardiamo e ti diciamo quando vale."))
            return redirect("portal:change", made.line.number)
        except SorgenteError as error:
            form.refuse(error, "residents" if error.code.endswith("nothing-changes") else "from_on")
    return render(request, "portal/household/household.html", context)


@customer
def change(request: HttpRequest, number: str) -> HttpResponse:
    """One request about a contract of theirs: where it stands, by when, and what it did to the bills."""
    view = _own_change(request, number)
    clock = next((one for one in clocks_of(reference_of(number), as_of=localdate()) if one.due_on), None)
    account = next((one for one in visitor_of(request).accounts if one.account_number == view.account_number), None)
    context = {"view": view, "clock": clock, "mine": account}
    return render(request, "portal/household/change.html", context)


def changes_of(party_id: int) -> list[RequestLine]:
    """Return the requests about contracts that a party made itself, the latest first."""
    return [one for one in requests_of_party(party_id) if one.party_id == party_id]


def _own_change(request: HttpRequest, number: str) -> RequestView:
    try:
        view = request_view(number, as_of=localdate())
    except SorgenteError as error:
        raise Http404(number) from error
    if view.line.party_id is None:
        raise Http404(number)
    own_party(request, view.line.party_id)
    return view


def _contract(contracts: tuple[ContractCard, ...]) -> ContractCard | None:
    return next((one for one in contracts if one.active), None)


def _is_about(line: RequestLine, account_number: str) -> bool:
    view = request_view(line.number, as_of=localdate())
    return view.is_open and view.account_number == account_number
