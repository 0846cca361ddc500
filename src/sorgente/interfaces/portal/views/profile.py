"""Profile: contacts, how bills arrive, consents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sorgente.customers.queries.overview import ContactCard, CustomerCard, customer_overview
from sorgente.customers.usecases.because import because
from sorgente.customers.usecases.contact_points import add_contact_point, give_consent, withdraw_consent
from sorgente.customers.usecases.contract_account import change_delivery
from sorgente.interfaces.portal.forms import PortalForm
from sorgente.interfaces.portal.guard import customer, own_account, own_party, visitor_of
from sorgente.shared.errors import SorgenteError

PURPOSES = ("service", "marketing")
_REASON = "Area clienti"


class ContactForm(PortalForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Che cosa"),
        choices=[("mobile", gettext_lazy("Cellulare")), ("email", gettext_lazy("E-mail")),
                 ("phone", gettext_lazy("Telefono di casa")), ("pec", gettext_lazy("PEC"))],
    )  # fmt: skip
    value = forms.CharField(label=gettext_lazy("Numero o indirizzo"), max_length=254)


class DeliveryForm(PortalForm):
    channel = forms.ChoiceField(
        label=gettext_lazy("Come vuoi ricevere le bollette?"),
        choices=[("email", gettext_lazy("Per e-mail")), ("portal", gettext_lazy("Solo qui, nell'area clienti")),
                 ("post", gettext_lazy("Su carta, per posta"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    email = forms.CharField(label=gettext_lazy("A quale e-mail?"), max_length=254, required=False)


@customer
def profile(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    parties = [customer_overview(party_id, as_of=localdate()) for party_id in visitor.login.party_ids]
    return render(request, "portal/profile/profile.html", {"parties": parties})


@customer
def contacts(request: HttpRequest, party_id: int) -> HttpResponse:
    party = customer_overview(own_party(request, party_id), as_of=localdate())
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic(), because(author=request.user.get_username(), reason=_REASON):
                add_contact_point(party_id=party_id, given_at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Fatto: abbiamo aggiunto il contatto."))
            return redirect("portal:contacts", party_id)
        except SorgenteError as error:
            form.refuse(error, "value")
    return render(request, "portal/profile/contacts.html", {"party": party, "form": form})


@customer
def consents(request: HttpRequest, party_id: int) -> HttpResponse:
    party = customer_overview(own_party(request, party_id), as_of=localdate())
    rows = [
        {"contact": contact, "purpose": purpose, "given": _given(contact, purpose)}
        for contact in party.contacts
        for purpose in PURPOSES
    ]
    return render(request, "portal/profile/consents.html", {"party": party, "rows": rows})


@customer
@require_POST
def consent(request: HttpRequest, party_id: int) -> HttpResponse:
    """Give one consent, or withdraw it: as easy one way as the other."""
    party = customer_overview(own_party(request, party_id), as_of=localdate())
    contact = _contact(party, request.POST.get("contact", ""))
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        raise Http404(purpose)
    at = timezone.now()
    with transaction.atomic(), because(author=request.user.get_username(), reason=_REASON):
        if request.POST.get("given") == "yes":
            give_consent(contact_point_id=contact.id, purpose=purpose, evidence=_REASON, given_at=at)
            messages.success(request, _("Fatto: il consenso è registrato."))
        elif _given(contact, purpose) is not None:
            withdraw_consent(contact_point_id=contact.id, purpose=purpose, withdrawn_at=at)
            messages.success(request, _("Fatto: il consenso è ritirato."))
    return redirect("portal:consents", party_id)


@customer
def delivery(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number, to_act=True, as_holder=True)
    card = customer_overview(access.party_id, as_of=localdate())
    account = next(one for one in card.accounts if one.number == number)
    email = account.email or visitor_of(request).login.email
    form = DeliveryForm(request.POST or None, initial={"channel": account.channel, "email": email})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic(), because(author=request.user.get_username(), reason=_REASON):
                chosen: dict[str, Any] = {"channel": form.cleaned_data["channel"]}
                if chosen["channel"] == "email":
                    chosen["email"] = form.cleaned_data["email"]
                change_delivery(account_id=access.account_id, **chosen)
            messages.success(request, _("Fatto: vale dalla prossima bolletta."))
            return redirect("portal:profile")
        except SorgenteError as error:
            form.refuse(error, "email")
    return render(request, "portal/profile/delivery.html", {"access": access, "form": form})


def _given(contact: ContactCard, purpose: str) -> Any:
    return next((one for one in contact.consents if one.purpose == purpose and one.withdrawn_at is None), None)


def _contact(party: CustomerCard, contact_id: str) -> ContactCard:
    for contact in party.contacts:
        if str(contact.id) == contact_id:
            return contact
    raise Http404(contact_id)
