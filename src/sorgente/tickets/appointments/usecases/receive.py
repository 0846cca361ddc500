"""What happens on the day: somebody arrives, waits, is called, is served or goes away."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from sorgente.shared.errors import SorgenteError
from sorgente.tickets.appointments.core.codes import AppointmentOver, UnknownAppointment
from sorgente.tickets.appointments.models import Appointment, CounterTicket, Place, Service
from sorgente.tickets.appointments.usecases.set_up import UnknownPlace


class CounterTicketOver(SorgenteError):
    code = "appointments.counter-ticket.over"


@transaction.atomic
def draw_number(*, place: str, service: str, on: date, at: datetime, appointment_code: str = "") -> CounterTicket:
    """Give the next number of the place and day; who comes with an appointment is marked as arrived.

    on      the local day
    raises  UnknownPlace, UnknownAppointment
    """
    found = Place.objects.select_for_update().filter(code=place).first()
    wanted = Service.objects.filter(code=service).first()
    if found is None or wanted is None:
        raise UnknownPlace(f"Place {place}", f"It, or the service {service}, is not there.", "Choose from the list.")
    held = None
    if appointment_code:
        held = Appointment.objects.filter(
            code=appointment_code, seat__slot__place=found, state__in=["booked", "arrived"]
        ).first()
        if held is None:
            raise UnknownAppointment(
                f"Appointment {appointment_code}", "None of that code is expected here.", "Draw a number without it."
            )
        drawn = CounterTicket.objects.filter(appointment=held).first()
        if drawn is not None:
            return drawn
        held.state, held.arrived_at = Appointment.State.ARRIVED, at
        held.save()
    last = CounterTicket.objects.filter(place=found, on=on).aggregate(last=Max("number"))["last"] or 0
    return CounterTicket.objects.create(
        place=found, on=on, number=last + 1, service=wanted, appointment=held, drawn_at=at
    )


@transaction.atomic
def call_next(*, place: str, on: date, counter: str, operator: str, at: datetime) -> CounterTicket | None:
    """Call who waits longest; appointments whose time has come go first. None when nobody waits.

    Two operators who call at once get two people.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"select queue.id from {CounterTicket._meta.db_table} queue"
            f" join {Place._meta.db_table} place on place.id = queue.place_id"
            " left join appointments_appointment held on held.id = queue.appointment_id"
            " left join appointments_seat seat on seat.id = held.seat_id"
            " left join appointments_slot slot on slot.id = seat.slot_id"
            " where place.code = %s and queue.on = %s and queue.state = 'waiting'"
            " order by coalesce(slot.starts_at <= %s, false) desc, queue.drawn_at, queue.number"
            " for update of queue skip locked limit 1",
            [place, on, at],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    ticket = CounterTicket.objects.select_related("place", "service", "appointment").get(pk=row[0])
    ticket.state, ticket.called_at = CounterTicket.State.CALLED, at
    ticket.counter, ticket.operator = counter, operator
    ticket.save()
    return ticket


@transaction.atomic
def end_counter_ticket(*, ticket_id: int, served: bool, at: datetime) -> CounterTicket:
    """Close a number: served, or gone without being served. Ending it twice the same way changes nothing.

    raises  CounterTicketOver when it ended otherwise
    """
    ticket = CounterTicket.objects.select_for_update(of=("self",)).select_related("appointment").get(pk=ticket_id)
    wanted = CounterTicket.State.SERVED if served else CounterTicket.State.GONE
    if ticket.ended_at is not None:
        if ticket.state != wanted:
            raise CounterTicketOver(
                f"Number {ticket.number}", f"It is closed as {ticket.get_state_display().lower()}.", "Draw a new one."
            )
        return ticket
    ticket.state, ticket.ended_at = wanted, at
    ticket.save()
    if ticket.appointment is not None:
        ticket.appointment.state = Appointment.State.SERVED if served else Appointment.State.MISSED
        ticket.appointment.ended_at = at
        ticket.appointment.save()
    return ticket


@transaction.atomic
def note_visit(*, code: str, arrived_at: datetime, at: datetime) -> None:
    """Note that the team came to the customer; noting it twice changes nothing.

    raises  UnknownAppointment; AppointmentOver when it was cancelled or missed
    """
    held = Appointment.objects.select_for_update().filter(code=code).first()
    if held is None:
        raise UnknownAppointment(f"Appointment {code}", "There is no such appointment.", "Check the code.")
    if held.state == Appointment.State.SERVED:
        return
    if held.state not in (Appointment.State.BOOKED, Appointment.State.ARRIVED):
        raise AppointmentOver(f"Appointment {code}", f"It is {held.get_state_display().lower()}.", "Book another one.")
    held.state, held.arrived_at, held.ended_at = Appointment.State.SERVED, arrived_at, at
    held.save()


def mark_missed(*, before: datetime) -> int:
    """Close the appointments that nobody came to, of slots that ended before a moment; returns how many."""
    return Appointment.objects.filter(state=Appointment.State.BOOKED, seat__slot__ends_at__lt=before).update(
        state=Appointment.State.MISSED, ended_at=before
    )
