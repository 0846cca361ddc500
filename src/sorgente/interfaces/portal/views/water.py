"""Consumption, and the self-reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sorgente.archive.core.uploads import IMAGES, inspect_upload
from sorgente.archive.usecases.store_document import store_document
from sorgente.customers.access.usecases.once import made_before, once
from sorgente.interfaces.desk.figures import day_text
from sorgente.interfaces.portal.account_page import Water, water_of
from sorgente.interfaces.portal.app.shell import keep_offline
from sorgente.interfaces.portal.forms import PortalForm
from sorgente.interfaces.portal.guard import customer, own_account
from sorgente.interfaces.portal.sent import sent_key
from sorgente.metering.queries.register_in_place import RegisterInPlace, register_in_place
from sorgente.metering.usecases.accept_read import accept_read
from sorgente.metering.usecases.preview_read import preview_read
from sorgente.shared.errors import SorgenteError

_BARS = 12
_EARLIEST_DAYS = 30  # a day's read may be sent so much later


@customer
def water(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number)
    found = water_of(access, as_of=localdate())
    context = {"access": access, "water": found, "chart": _chart(found), "reads": found.reads[:18]}
    return keep_offline(request, render(request, "portal/water/water.html", context))


class ReadingForm(PortalForm):
    digits = forms.CharField(label=gettext_lazy("I numeri neri del contatore"), max_length=12)
    read_on = forms.DateField(
        label=gettext_lazy("Letta il"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    photo = forms.FileField(
        label=gettext_lazy("Foto del contatore"),
        help_text=gettext_lazy("Facoltativa. Ci aiuta se un numero si legge male."),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def clean_digits(self) -> int:
        text = "".join(self.cleaned_data["digits"].split())
        if not text.isascii() or not text.isdigit():
            raise forms.ValidationError(_("Scrivi solo numeri, senza virgola."))
        return int(text)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a read looks wrong, in figures a customer can check."""

    rule: str
    m3: int
    before_m3: int
    before_on: date
    days: int
    used_m3: int
    daily: int
    usual: int | None


@customer
def self_reading(request: HttpRequest, number: str) -> HttpResponse:
    """One question: the digits. What looks wrong is explained and asked again; confirmed, a person looks at it."""
    access = own_account(request, number, to_act=True)
    today = localdate()
    found = water_of(access, as_of=today)
    if found.contract is None:
        raise Http404(number)
    register = register_in_place(found.contract.point.id, on=today) if found.contract.active else None
    context: dict[str, Any] = {"access": access, "water": found, "register": register, "today": today}
    if register is None or register.by_radio:
        return render(request, "portal/water/no_reading.html", context)
    form = ReadingForm(request.POST or None, request.FILES or None, initial={"read_on": today})
    context |= {"form": form, "blanks": range(register.digits)}
    if request.method == "POST" and form.is_valid():
        try:
            answer = _take(request, form, found, register, context)
            if answer is not None:
                return answer
        except SorgenteError as error:
            form.refuse(error, "photo" if error.code.startswith("archive.") else "digits")
    return keep_offline(request, render(request, "portal/water/self_reading.html", context))


def _take(
    request: HttpRequest, form: ReadingForm, found: Water, register: RegisterInPlace, context: dict[str, Any]
) -> HttpResponse | None:
    """Record the read, or return the page that asks for confirmation; None: the form says what is wrong."""
    at, today = timezone.now(), localdate()
    m3, read_on = form.cleaned_data["digits"], form.cleaned_data["read_on"]
    state = made_before(sent_key(request))
    if state is not None:  # judged against itself it would look like a second read
        request.session["portal_taken"] = {"m3": m3, "state": state, "on": read_on.isoformat()}
        return redirect("portal:self_reading_done", context["access"].account_number)
    if (today - read_on).days > _EARLIEST_DAYS:
        form.add_error("read_on", _("È troppo indietro: leggi il contatore oggi."))
        return None
    photo_id = _photo(request, form, found, at) or request.session.get("portal_photo", {}).get(register.serial)
    index = _index(m3, found)
    rule = preview_read(register_id=register.register_id, index_milli=index, read_on=read_on, received_at=at)
    latest = found.latest_read
    doubt = _doubt(rule, m3, read_on, found) if latest is not None else None
    if rule == "below-earlier-one" and doubt is not None:
        context["doubt"] = doubt
        return None
    if rule in ("high", "low", "no-use", "order-of-magnitude", "above-later-one", "another-that-day") and (
        str(m3) != request.POST.get("confirmed")
    ):
        if photo_id is not None:
            request.session["portal_photo"] = {register.serial: photo_id}
        context |= {"doubt": doubt, "asks": True, "has_photo": photo_id is not None}
        return None

    def accept() -> str:
        return accept_read(
            register_id=register.register_id,
            index_milli=index,
            read_on=read_on,
            received_at=at,
            kind="self",
            evidence_id=photo_id,
        ).state

    state = once(key=sent_key(request), at=at, make=accept)
    request.session.pop("portal_photo", None)
    request.session["portal_taken"] = {"m3": m3, "state": state, "on": read_on.isoformat()}
    return redirect("portal:self_reading_done", context["access"].account_number)


@customer
def self_reading_done(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number)
    taken = request.session.get("portal_taken")
    if taken is None:
        return redirect("portal:self_reading", number)
    context = {"access": access, "taken": taken, "on": date.fromisoformat(taken["on"])}
    return render(request, "portal/water/reading_done.html", context)


def _index(m3: int, found: Water) -> int:
    """Return thousandths. Somebody who copies whole cubic metres shows no litres: the latest read may have had some."""
    latest = found.latest_read
    if latest is not None and latest.index_milli // 1000 == m3:
        return latest.index_milli
    return m3 * 1000


def _doubt(rule: str, m3: int, read_on: date, found: Water) -> Doubt | None:
    latest = found.latest_read
    if not rule or latest is None:
        return None
    days = max(1, (read_on - latest.read_on).days)
    used = m3 - latest.index_milli // 1000
    usual = found.use.usual if found.use else None
    return Doubt(rule, m3, latest.index_milli // 1000, latest.read_on, days, used, round(used * 1000 / days), usual)


def _photo(request: HttpRequest, form: ReadingForm, found: Water, at: Any) -> int | None:
    photo = form.cleaned_data.get("photo")
    if photo is None:
        return None
    content = photo.read()
    seen = inspect_upload(content=content, filename=photo.name, accept=IMAGES)
    assert found.contract is not None
    stored = store_document(
        content=content,
        title=_("Foto del contatore {serial}").format(serial=found.meter.serial if found.meter else ""),
        kind="photo",
        media_type=seen.media_type,
        subject=[f"account:{found.card.number}", f"point:{found.contract.point.code}"],
        stored_at=at,
        metadata={"name": seen.filename},
    )
    return int(stored.pk)


def _chart(found: Water) -> dict[str, Any] | None:
    """Return litres a day between reads as bars, oldest first; None when there is nothing to draw."""
    stretches = found.stretches[-_BARS:]
    if not stretches:
        return None
    return {
        "type": "bar",
        "unit": "count",
        "axis": _("litri al giorno"),
        "labels": [day_text(one.end) for one in stretches],
        "series": [{"label": _("litri al giorno"), "values": [one.daily for one in stretches], "colour": 0}],
    }
