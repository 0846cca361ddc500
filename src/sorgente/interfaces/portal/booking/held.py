"""An appointment by its signed link: look at it, put it in the calendar, move it, call it off."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sorgente.interfaces.portal.booking.pages import open_to_all, times_of
from sorgente.shared.company import company
from sorgente.tickets.appointments.adapters.calendar_file import calendar_file
from sorgente.tickets.appointments.core.codes import UnknownAppointment
from sorgente.tickets.appointments.core.view import AppointmentView
from sorgente.tickets.appointments.links import code_of
from sorgente.tickets.appointments.queries.diary import appointment
from sorgente.tickets.appointments.usecases.book import SlotTaken, cancel, change
from sorgente.tickets.appointments.usecases.remind import confirm


@require_safe
@open_to_all
def appointment_page(request: HttpRequest, token: str) -> HttpResponse:
    held = _held(token)
    can_change = held.can_change and held.starts_at > timezone.now()
    return render(request, "portal/booking/appointment.html", {"held": held, "can_change": can_change})


@open_to_all
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Offer the other free times, and take one."""
    held = _held(token)
    slot = request.POST.get("slot", "")
    if request.method == "POST" and slot.isdigit():
        at = timezone.now()
        try:
            with transaction.atomic():
                change(code=held.code, slot_id=int(slot), at=at)
                confirm(code=held.code, at=at)
        except SlotTaken:
            messages.warning(request, _("Quell'orario l'ha appena preso un'altra persona. Scegline un altro."))
            return redirect("booking:move", token)
        messages.success(request, _("Fatto: l'appuntamento è spostato."))
        return redirect("booking:appointment", token)
    found = times_of(held.service, held.place, asked_from=request.GET.get("dal", ""))
    return render(request, "portal/booking/move.html", {"held": held, "times": found})


@require_POST
@open_to_all
def call_off(request: HttpRequest, token: str) -> HttpResponse:
    held, at = _held(token), timezone.now()
    with transaction.atomic():
        cancel(code=held.code, at=at)
        confirm(code=held.code, at=at)
    messages.success(request, _("Fatto: l'appuntamento è annullato."))
    return redirect("booking:appointment", token)


@require_safe
@open_to_all
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Return the calendar file, which telephones add with a tap."""
    held = _held(token)
    link = f"{settings.SITE_ADDRESS}{reverse('booking:appointment', args=[token])}"
    content = calendar_file(held, company=company().name, link=link, at=timezone.now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="appuntamento-{held.code}.ics"'
    return answer


def _held(token: str) -> AppointmentView:
    """Return the appointment of a link; raises Http404 where it was altered or never was."""
    try:
        return appointment(code_of(token))
    except UnknownAppointment as error:
        raise Http404(token) from error
