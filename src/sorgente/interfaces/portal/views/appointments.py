"""One's own appointments: those of the login's parties, and of the accounts it may act for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sorgente.interfaces.portal.guard import Visitor, customer, visitor_of
from sorgente.tickets.appointments.core.view import AppointmentView
from sorgente.tickets.appointments.queries.diary import appointments_of


@customer
def appointments(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/appointments/appointments.html", {"rows": own_appointments(visitor_of(request))})


def own_appointments(visitor: Visitor) -> list[AppointmentView]:
    """Return them, the latest first. Whoever may only look has none: the link of one would let them call it off."""
    accounts = [one.account_number for one in visitor.accounts if one.may_act]
    found = {one.code: one for one in appointments_of(accounts=accounts)}
    for party_id in visitor.login.party_ids:
        found |= {one.code: one for one in appointments_of(party_id=party_id)}
    return sorted(found.values(), key=lambda one: one.starts_at, reverse=True)


def next_visit(visitor: Visitor) -> AppointmentView | None:
    """Return the next appointment that still stands."""
    now = timezone.now()
    standing = [one for one in own_appointments(visitor) if one.can_change and one.ends_at > now]
    return min(standing, key=lambda one: one.starts_at, default=None)
