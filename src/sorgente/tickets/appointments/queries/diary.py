"""What is free, what is booked, who waits, who calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from sorgente.tickets.appointments.core.codes import UnknownAppointment
from sorgente.tickets.appointments.core.diary import ROME
from sorgente.tickets.appointments.core.view import AppointmentView
from sorgente.tickets.appointments.links import token_of
from sorgente.tickets.appointments.models import Appointment, Place, Service, Slot


@dataclass(frozen=True, slots=True)
class FreeSlot:
    slot_id: int
    place: str
    place_name: str
    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A service that can be booked, and where."""

    code: str
    name: str
    name_en: str
    bring: str
    places: tuple[tuple[str, str, str], ...]


def offers(*, public_only: bool = True) -> list[Offer]:
    """Return the services with the (code, name, kind) of the places that offer them."""
    services = Service.objects.filter(openings__isnull=False).distinct().order_by("name")
    if public_only:
        services = services.filter(public=True)
    return [
        Offer(
            service.code,
            service.name,
            service.name_en,
            service.bring,
            tuple(
                Place.objects.filter(openings__services=service)
                .distinct()
                .order_by("name")
                .values_list("code", "name", "kind")
            ),
        )
        for service in services
    ]


def free_slots(*, service: str, place: str, start: datetime, end: datetime) -> list[FreeSlot]:
    """Return the slots of [start, end) with a free seat, earliest first."""
    slots = (
        Slot.objects.filter(
            place__code=place, opening__services__code=service, starts_at__gte=start, starts_at__lt=end, closed=False
        )
        .annotate(
            seats_all=Count("seats", distinct=True),
            held=Count("seats__appointments", filter=~Q(seats__appointments__state="cancelled"), distinct=True),
        )
        .filter(seats_all__gt=F("held"))
        .select_related("place")
        .order_by("starts_at")
    )
    return [
        FreeSlot(slot.pk, place, slot.place.name, slot.starts_at, slot.ends_at, slot.seats_all - slot.held)
        for slot in slots
    ]


def appointment(code: str) -> AppointmentView:
    """Return one appointment; raises UnknownAppointment."""
    found = _views(Appointment.objects.filter(code=code))
    if not found:
        raise UnknownAppointment(f"Appointment {code}", "There is no such appointment.", "Check the code.")
    return found[0]


def appointments_of(*, party_id: int | None = None, accounts: Sequence[str] = ()) -> list[AppointmentView]:
    """Return the appointments of a party or of its contract accounts, latest first."""
    mine = Q(account_number__in=[number for number in accounts if number])
    if party_id is not None:
        mine |= Q(party_id=party_id)
    return _views(Appointment.objects.filter(mine).order_by("-seat__slot__starts_at"))


def day_list(*, place: str, on: date) -> list[AppointmentView]:
    """Return the appointments of a place on a local day, cancelled ones left out, in order of time."""
    begins = datetime.combine(on, datetime.min.time(), tzinfo=ROME)
    ends = datetime.combine(on + timedelta(days=1), datetime.min.time(), tzinfo=ROME)
    held = Appointment.objects.filter(
        seat__slot__place__code=place, seat__slot__starts_at__gte=begins, seat__slot__starts_at__lt=ends
    )
    return _views(held.exclude(state="cancelled").order_by("seat__slot__starts_at", "name"))


def places(*, kind: str = "") -> list[tuple[str, str]]:
    """Return (code, name) of the places, of one kind or of all."""
    found = Place.objects.filter(kind=kind) if kind else Place.objects.all()
    return list(found.order_by("name").values_list("code", "name"))


def _views(held: QuerySet[Appointment]) -> list[AppointmentView]:
    return [
        AppointmentView(
            code=row.code, token=token_of(row.code), state=row.state, state_label=row.get_state_display(),
            service=row.service.code, service_name=row.service.name, service_name_en=row.service.name_en,
            bring=row.service.bring, place=row.seat.slot.place.code, place_kind=row.seat.slot.place.kind,
            place_name=row.seat.slot.place.name, address=row.address or row.seat.slot.place.address,
            slot_id=row.seat.slot_id, starts_at=row.seat.slot.starts_at, ends_at=row.seat.slot.ends_at, name=row.name,
            email=row.email, mobile=row.mobile, party_id=row.party_id, account_number=row.account_number,
            note=row.note, arrived_at=row.arrived_at, ended_at=row.ended_at,
        )
        for row in held.select_related("seat__slot__place", "service")
    ]  # fmt: skip
