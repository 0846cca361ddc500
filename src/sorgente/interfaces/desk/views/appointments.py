"""The diary at the desk: who comes today, who books, who arrives."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sorgente.customers.queries.overview import customer_overview
from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.listing import day_asked
from sorgente.journeys.reception import visit_made
from sorgente.shared.errors import WrongUse
from sorgente.tickets.appointments.core.codes import UnknownAppointment
from sorgente.tickets.appointments.core.diary import ROME
from sorgente.tickets.appointments.queries.diary import (
    FreeSlot,
    Offer,
    appointment,
    day_list,
    free_slots,
    offers,
    places,
)
from sorgente.tickets.appointments.usecases.book import book, cancel, change
from sorgente.tickets.appointments.usecases.remind import confirm

AHEAD_DAYS = 28


@needs(Right.APPOINTMENTS)
def appointments(request: HttpRequest) -> HttpResponse:
    """The appointments of one day and place."""
    known = places()
    place = request.GET.get("place") or (known[0][0] if known else "")
    on = day_asked(request, "day") or localdate()
    return render(
        request,
        "desk/appointments/day.html",
        {
            "places": known,
            "place": place,
            "on": on,
            "before": on - timedelta(days=1),
            "after": on + timedelta(days=1),
            "held": day_list(place=place, on=on),
            "today": localdate(),
        },
    )


@needs(Right.APPOINTMENTS)
def book_appointment(request: HttpRequest) -> HttpResponse:
    """Book for a customer: service and place first, then a time and who it is for."""
    asked = request.POST if request.method == "POST" else request.GET
    known = offers(public_only=False)
    service = next((offer for offer in known if offer.code == asked.get("service")), None)
    place = asked.get("place", "")
    if service and place not in [code for code, _name, _kind in service.places]:
        place = service.places[0][0]
    party = asked.get("party", "")
    if request.method == "POST" and service and asked.get("slot", "").isdigit():
        with transaction.atomic():
            held = book(
                slot_id=int(asked["slot"]),
                service=service.code,
                name=asked.get("name", ""),
                email=asked.get("email", "").strip(),
                mobile=asked.get("mobile", "").strip(),
                address=asked.get("address", ""),
                party_id=int(party) if party.isdigit() else None,
                account_number=asked.get("account", ""),
                note=asked.get("note", ""),
                at=timezone.now(),
            )
            confirm(code=held.code, at=timezone.now())
        messages.success(request, _("Appuntamento %(code)s prenotato.") % {"code": held.code})
        return redirect("desk:appointment", held.code)
    context: dict[str, Any] = {
        "offers": known,
        "service": service,
        "place": place,
        "asked": asked,
        "days": _by_day(service, place),
    }
    if party.isdigit():
        context["customer"] = customer_overview(int(party), as_of=localdate())
    return render(request, "desk/appointments/book.html", context)


@needs(Right.APPOINTMENTS)
def appointment_page(request: HttpRequest, code: str) -> HttpResponse:
    """One appointment: move it, cancel it, or note that the team has come."""
    try:
        held = appointment(code)
    except UnknownAppointment:
        raise Http404(code) from None
    if request.method == "POST":
        act, now = request.POST.get("act"), timezone.now()
        with transaction.atomic():
            if act == "cancel":
                cancel(code=code, at=now)
                confirm(code=code, at=now)
            elif act == "change" and request.POST.get("slot", "").isdigit():
                change(code=code, slot_id=int(request.POST["slot"]), at=now)
                confirm(code=code, at=now)
            elif act == "visited":
                visit_made(code=code, arrived_at=_arrival(held.starts_at, request.POST.get("arrived", "")), at=now)
        return redirect("desk:appointment", code)
    days = _by_day_of(held.service, held.place) if held.can_change else []
    return render(request, "desk/appointments/appointment.html", {"held": held, "days": days})


def _arrival(starts_at: datetime, clock: str) -> datetime:
    """Return the local hour of the appointment's own day; raises WrongUse."""
    try:
        return datetime.combine(timezone.localtime(starts_at).date(), time.fromisoformat(clock), tzinfo=ROME)
    except ValueError:
        raise WrongUse("Ora di arrivo", f"«{clock}» non è un'ora.", "Scrivila come 09:30.") from None


def _by_day(service: Offer | None, place: str) -> list[tuple[date, list[FreeSlot]]]:
    return _by_day_of(service.code, place) if service else []


def _by_day_of(service: str, place: str) -> list[tuple[date, list[FreeSlot]]]:
    """Return the free times of the next four weeks, day by day."""
    now = timezone.now()
    found: dict[date, list[FreeSlot]] = {}
    for slot in free_slots(service=service, place=place, start=now, end=now + timedelta(days=AHEAD_DAYS)):
        found.setdefault(timezone.localtime(slot.starts_at).date(), []).append(slot)
    return list(found.items())
