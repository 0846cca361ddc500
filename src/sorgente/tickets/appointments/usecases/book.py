"""Book, move and cancel an appointment. A seat is held by one person: the database sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from sorgente.shared.errors import SorgenteError
from sorgente.tickets.appointments.core.codes import AppointmentOver, UnknownAppointment, new_code
from sorgente.tickets.appointments.links import token_of
from sorgente.tickets.appointments.models import Appointment, Place, Seat, Service, Slot

_STATES_TO_CHANGE = {Appointment.State.BOOKED}


class SlotTaken(SorgenteError):
    code = "appointments.slot.taken"


class SlotNotOffered(SorgenteError):
    code = "appointments.slot.not-offered"


class AppointmentIncomplete(SorgenteError):
    code = "appointments.appointment.incomplete"


@dataclass(frozen=True, slots=True)
class Booked:
    """code is what the customer says at the counter; token opens the page that changes or cancels it."""

    code: str
    token: str
    starts_at: datetime


def book(
    *,
    slot_id: int,
    service: str,
    name: str,
    at: datetime,
    email: str = "",
    mobile: str = "",
    address: str = "",
    party_id: int | None = None,
    account_number: str = "",
    note: str = "",
    language: str = "it",
) -> Booked:
    """Hold one seat of the slot for a person.

    raises  SlotTaken when no seat is left; SlotNotOffered; AppointmentIncomplete without a name or a way to answer,
            or without the address of a visit
    """
    slot, offered = _offer(slot_id, service, at)
    if not name.strip() or not (email or mobile) or (slot.place.kind == Place.Kind.HOME and not address.strip()):
        raise AppointmentIncomplete(
            "The booking",
            "It lacks a name, an e-mail or mobile number to answer to, or the address of the visit.",
            "Complete it and book again.",
        )
    while True:
        try:
            with transaction.atomic():
                held = Appointment.objects.create(
                    code=new_code(), seat_id=_free_seat(slot), service=offered, name=name.strip()[:120], email=email,
                    mobile=mobile, address=address.strip()[:160], party_id=party_id, account_number=account_number,
                    note=note[:500], language=language, booked_at=at,
                )  # fmt: skip
        except IntegrityError:
            continue  # somebody took the seat between the look and the hold, or the code exists: look again
        return Booked(held.code, token_of(held.code), slot.starts_at)


@transaction.atomic
def change(*, code: str, slot_id: int, at: datetime) -> Booked:
    """Move an appointment to another slot; its code and its link stay. The same slot again changes nothing.

    raises  UnknownAppointment; AppointmentOver when it was cancelled or has begun; SlotTaken; SlotNotOffered
    """
    held = _open_appointment(code, at)
    slot, _ = _offer(slot_id, held.service.code, at)
    if held.seat.slot_id != slot_id:
        try:
            with transaction.atomic():
                held.seat_id = _free_seat(slot)
                held.times_moved += 1
                held.reminded_at = None
                held.save()
        except IntegrityError:
            raise _taken(slot) from None
    return Booked(code, token_of(code), slot.starts_at)


@transaction.atomic
def cancel(*, code: str, at: datetime) -> None:
    """Give the seat back; cancelling twice changes nothing.

    raises  UnknownAppointment; AppointmentOver when it has begun
    """
    held = _locked(code)
    if held.state != Appointment.State.CANCELLED:
        held = _open_appointment(code, at)
        held.state = Appointment.State.CANCELLED
        held.ended_at = at
        held.save()


def _offer(slot_id: int, service: str, at: datetime) -> tuple[Slot, Service]:
    slot = Slot.objects.select_related("place", "opening").filter(pk=slot_id).first()
    offered = Service.objects.filter(code=service, openings=slot.opening).first() if slot else None
    if slot is None or offered is None or slot.closed or slot.starts_at <= at:
        raise SlotNotOffered(
            "This time", "It is past, closed, or not for this service.", "Choose another from the list."
        )
    return slot, offered


def _free_seat(slot: Slot) -> int:
    """Return the first seat nobody holds, skipping those being taken this moment; raises SlotTaken."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select seat.id from {Seat._meta.db_table} seat"
            f" where seat.slot_id = %s and not exists (select from {Appointment._meta.db_table} held"
            " where held.seat_id = seat.id and held.state <> 'cancelled')"
            " order by seat.number for update skip locked limit 1",
            [slot.pk],
        )
        row = cursor.fetchone()
    if row is None:
        raise _taken(slot)
    return int(row[0])


def _taken(slot: Slot) -> SlotTaken:
    return SlotTaken(
        f"{slot.place.name}, {slot.starts_at:%d/%m/%Y %H:%M} UTC",
        "Every seat is held by somebody.",
        "Choose another time from the list.",
    )


def _locked(code: str) -> Appointment:
    held = Appointment.objects.select_for_update(of=("self",)).select_related("seat__slot", "service").filter(code=code)
    found = held.first()
    if found is None:
        raise UnknownAppointment(f"Appointment {code}", "There is no such appointment.", "Check the code.")
    return found


def _open_appointment(code: str, at: datetime) -> Appointment:
    held = _locked(code)
    if held.state not in _STATES_TO_CHANGE or held.seat.slot.starts_at <= at:
        raise AppointmentOver(
            f"Appointment {code}",
            f"It is {held.get_state_display().lower()}, for {held.seat.slot.starts_at:%d/%m/%Y %H:%M} UTC.",
            "Book another one.",
        )
    return held
