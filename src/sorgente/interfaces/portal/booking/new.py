"""Book an appointment: what for, where, when, who. One question a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sorgente.customers.access.usecases import limits
from sorgente.customers.access.usecases.once import made_before, once
from sorgente.customers.queries.reached import reached
from sorgente.interfaces.portal.booking.pages import account_of, offer_of, open_to_all, place_of, time_of, times_of
from sorgente.interfaces.portal.forms import PortalForm
from sorgente.interfaces.portal.guard import visitor_of
from sorgente.interfaces.portal.security import address_of
from sorgente.interfaces.portal.sent import sent_key
from sorgente.shared.errors import SorgenteError
from sorgente.shared.identifiers import phone
from sorgente.tickets.appointments.links import token_of
from sorgente.tickets.appointments.queries.diary import offers
from sorgente.tickets.appointments.usecases.book import book
from sorgente.tickets.appointments.usecases.remind import confirm


class WhoForm(PortalForm):
    name = forms.CharField(
        label=gettext_lazy("Nome e cognome"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Qui manca qualcosa.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, required=False,
        help_text=gettext_lazy("Ti mandiamo la conferma e il promemoria."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
        error_messages={"invalid": gettext_lazy("Questo indirizzo e-mail non è scritto bene.")},
    )  # fmt: skip
    mobile = forms.CharField(
        label=gettext_lazy("Cellulare"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Indirizzo della visita"), max_length=160, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Vuoi dirci qualcosa prima?"), help_text=gettext_lazy("Facoltativo."), max_length=500,
        required=False, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    # No person sees it: who fills it in is a program.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}), label="Website"
    )

    def __init__(self, *args: Any, visits: bool, **kwargs: Any) -> None:
        self.visits = visits
        super().__init__(*args, **kwargs)

    def clean_mobile(self) -> str:
        text = self.cleaned_data["mobile"].strip()
        if not text:
            return ""
        try:
            return phone(text)
        except SorgenteError:
            raise forms.ValidationError(_("Questo numero di telefono non è scritto bene.")) from None

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Non è stato possibile."))
        return ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("email") and not given.get("mobile"):
            self.add_error("email", _("Lascia un'e-mail o un cellulare: ci serve per avvisarti."))
        if self.visits and not self.errors and not given.get("address", "").strip():
            self.add_error("address", _("Qui manca qualcosa."))
        return given


@open_to_all
def services(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/booking/services.html", {"offers": offers()})


@open_to_all
def places(request: HttpRequest, service: str) -> HttpResponse:
    offer = offer_of(service)
    if len(offer.places) == 1:
        return redirect("booking:times", service, offer.places[0][0])
    return render(request, "portal/booking/places.html", {"offer": offer})


@open_to_all
def times(request: HttpRequest, service: str, place: str) -> HttpResponse:
    offer = offer_of(service)
    where = place_of(offer, place)
    found = times_of(service, place, asked_from=request.GET.get("dal", ""))
    return render(request, "portal/booking/times.html", {"offer": offer, "place": where, "times": found})


@open_to_all
def who(request: HttpRequest, service: str, place: str, slot_id: int) -> HttpResponse:
    """Ask who comes, and book; a time somebody else took meanwhile leads back to the others."""
    offer = offer_of(service)
    where = place_of(offer, place)
    before = made_before(sent_key(request))
    if before is not None:
        return redirect("booking:appointment", token_of(before))
    slot = time_of(service, place, slot_id)
    if slot is None:
        return _taken(request, service, place)
    form = WhoForm(request.POST or None, visits=where[2] == "home", initial=_known(request))
    if request.method == "POST" and form.is_valid():
        at, key = timezone.now(), address_of(request)
        try:
            limits.refuse_if_too_many(what="booking-address", key=key, at=at)
            limits.count(what="booking-address", key=key, at=at)
            return redirect("booking:appointment", _book(request, form, service, slot_id, at))
        except SorgenteError as error:
            if error.code.startswith("appointments.slot."):
                return _taken(request, service, place)
            form.refuse(error)
    context = {"offer": offer, "place": where, "slot": slot, "form": form}
    return render(request, "portal/booking/who.html", context)


def _book(request: HttpRequest, form: WhoForm, service: str, slot_id: int, at: Any) -> str:
    given, account = form.cleaned_data, account_of(request)

    def hold() -> str:
        booked = book(
            slot_id=slot_id, service=service, name=given["name"], email=given["email"], mobile=given["mobile"],
            address=given["address"] if form.visits else "", note=given["note"], at=at,
            language=translation.get_language() or "it",
            party_id=account.party_id if account else None, account_number=account.account_number if account else "",
        )  # fmt: skip
        confirm(code=booked.code, at=at)
        return booked.code

    return token_of(once(key=sent_key(request), at=at, make=hold))


def _known(request: HttpRequest) -> dict[str, str]:
    """Return what is known of whoever is signed in."""
    account = account_of(request)
    if account is None:
        return {}
    login = visitor_of(request).login
    mobile = reached([account.party_id])[account.party_id].mobile if account.role == "holder" else ""
    name = account.holder_name if account.role == "holder" else request.user.get_full_name()  # type: ignore[union-attr]
    return {"name": name, "email": login.email, "mobile": mobile, "address": account.place}


def _taken(request: HttpRequest, service: str, place: str) -> HttpResponse:
    messages.warning(request, _("Quell'orario l'ha appena preso un'altra persona. Scegline un altro."))
    return redirect("booking:times", service, place)
