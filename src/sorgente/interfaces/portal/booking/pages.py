"""What the pages of booking share: who looks, the free times, refusals in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sorgente.customers.access.queries.accounts_of_user import AccountAccess
from sorgente.interfaces.portal.guard import visitor_of
from sorgente.interfaces.portal.words import told
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.appointments.queries.diary import FreeSlot, Offer, free_slots, offers

AHEAD_DAYS = 56
DAYS_A_PAGE = 5

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Times:
    """Days with free times; `later` is the day the next page starts from, None on the last."""

    days: tuple[tuple[date, tuple[FreeSlot, ...]], ...]
    later: date | None


def open_to_all(view: View) -> View:
    """Show a refusal in plain words; anybody may ask."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except SorgenteError as error:
            return render(request, "portal/trouble.html", {"told": told(error)}, status=422)

    return shown


def offer_of(code: str) -> Offer:
    """Return a service anybody may book; raises Http404."""
    for one in offers():
        if one.code == code:
            return one
    raise Http404(code)


def place_of(offer: Offer, code: str) -> tuple[str, str, str]:
    """Return (code, name, kind) of a place that offers the service; raises Http404."""
    for one in offer.places:
        if one[0] == code:
            return one
    raise Http404(code)


def times_of(service: str, place: str, *, asked_from: str) -> Times:
    """Return the next days with free times, from a day on ("2026-03-20"; anything else is today)."""
    try:
        since = date.fromisoformat(asked_from)
    except ValueError:
        since = date.min
    found: dict[date, list[FreeSlot]] = {}
    for slot in _free(service, place):
        day = timezone.localtime(slot.starts_at).date()
        if day >= since:
            found.setdefault(day, []).append(slot)
    days = [(day, tuple(slots)) for day, slots in found.items()]
    return Times(tuple(days[:DAYS_A_PAGE]), days[DAYS_A_PAGE][0] if len(days) > DAYS_A_PAGE else None)


def time_of(service: str, place: str, slot_id: int) -> FreeSlot | None:
    """Return a time if it is still free."""
    return next((one for one in _free(service, place) if one.slot_id == slot_id), None)


def account_of(request: HttpRequest) -> AccountAccess | None:
    """Return the account that whoever is signed in looked at the latest and may act for; None for a stranger."""
    if not getattr(request, "is_customer", False):
        return None
    mine = [one for one in visitor_of(request).accounts if one.may_act]
    latest = request.session.get("account")
    return next((one for one in mine if one.account_number == latest), next(iter(mine), None))


def _free(service: str, place: str) -> list[FreeSlot]:
    now = timezone.now()
    return free_slots(service=service, place=place, start=now, end=now + timedelta(days=AHEAD_DAYS))
