"""The diary of a place: its services, its hours, and the slots they make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from django.db import transaction

from sorgente.shared.calendar import calendar
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.appointments.core.diary import Hours, slots_of
from sorgente.tickets.appointments.models import Opening, Place, Seat, Service, Slot


class UnknownPlace(SorgenteError):
    code = "appointments.place.unknown"


class HoursOutOfRange(SorgenteError):
    code = "appointments.hours.out-of-range"


def define_place(*, code: str, kind: str, name: str, address: str = "") -> int:
    """Make or change a place; returns its id."""
    place, _ = Place.objects.update_or_create(code=code, defaults={"kind": kind, "name": name, "address": address})
    return place.pk


def define_service(*, code: str, name: str, name_en: str, bring: str = "", public: bool = True) -> int:
    """Make or change a service; returns its id."""
    values = {"name": name, "name_en": name_en, "bring": bring, "public": public}
    service, _ = Service.objects.update_or_create(code=code, defaults=values)
    return service.pk


@transaction.atomic
def define_hours(
    *,
    place: str,
    services: Sequence[str],
    weekdays: Sequence[int],
    opens_at: time,
    closes_at: time,
    slot_minutes: int,
    seats: int,
    from_on: date,
    until_on: date | None = None,
) -> None:
    """Give a place weekly hours for some services; the same hours again change nothing.

    weekdays  ISO, 1 Monday to 7 Sunday
    raises    UnknownPlace; HoursOutOfRange when no slot fits between opening and closing
    """
    found = Place.objects.filter(code=place).first()
    offered = list(Service.objects.filter(code__in=services))
    if found is None or len(offered) != len(set(services)):
        raise UnknownPlace(f"Place {place}", f"It, or one of the services {', '.join(services)}, is not there.",
                           "Define places and services before their hours.")  # fmt: skip
    minutes = (closes_at.hour - opens_at.hour) * 60 + closes_at.minute - opens_at.minute
    if not 5 <= slot_minutes <= minutes or seats < 1 or not all(1 <= day <= 7 for day in weekdays):
        raise HoursOutOfRange(
            f"Hours of {place}",
            f"From {opens_at:%H:%M} to {closes_at:%H:%M}, slots of {slot_minutes} minutes, {seats} seats, "
            f"on days {', '.join(map(str, weekdays))}.",
            "Give slots of at least five minutes that fit between opening and closing, one seat or more, days 1 to 7.",
        )
    for weekday in weekdays:
        opening, _ = Opening.objects.get_or_create(
            place=found,
            weekday=weekday,
            opens_at=opens_at,
            from_on=from_on,
            defaults={"closes_at": closes_at, "slot_minutes": slot_minutes, "seats": seats, "until_on": until_on},
        )
        opening.services.set(offered)


@transaction.atomic
def open_slots(*, start: date, end: date) -> int:
    """Make the slots and seats of every opening in [start, end) that are not there yet; returns how many slots."""
    days = calendar()
    made = 0
    for opening in Opening.objects.select_related("place"):
        hours = Hours(
            opening.weekday,
            opening.opens_at,
            opening.closes_at,
            opening.slot_minutes,
            opening.from_on,
            opening.until_on,
        )
        asked = list(slots_of(hours, start=start, end=end, days=days))
        known = set(
            Slot.objects.filter(opening=opening, starts_at__in=[begins for begins, _ in asked]).values_list(
                "starts_at", flat=True
            )
        )
        fresh = Slot.objects.bulk_create(
            Slot(opening=opening, place=opening.place, starts_at=begins, ends_at=ends)
            for begins, ends in asked
            if begins not in known
        )
        Seat.objects.bulk_create(
            Seat(slot=slot, number=number) for slot in fresh for number in range(1, opening.seats + 1)
        )
        made += len(fresh)
    return made
