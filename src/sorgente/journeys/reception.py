"""People received: the wait at the counter and the punctuality of a visit become figures of service quality."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.quality.usecases.record_observation import record_appointment_band, record_wait
from sorgente.tickets.appointments.queries.counter import Waiting, number_of
from sorgente.tickets.appointments.queries.diary import appointment
from sorgente.tickets.appointments.usecases.receive import call_next, note_visit


@transaction.atomic
def call_next_number(*, place: str, on: date, counter: str, operator: str, at: datetime) -> Waiting | None:
    """Call who is next and record how long they waited (G08, G09); None when nobody waits."""
    called = call_next(place=place, on=on, counter=counter, operator=operator, at=at)
    if called is None:
        return None
    seconds = int((at - called.drawn_at).total_seconds())
    record_wait(
        kind="counter", reference=f"counter:{place}:{on}:{called.number}", at=at, seconds=seconds, channel="desk"
    )
    return number_of(called.pk, now=at)


@transaction.atomic
def visit_made(*, code: str, arrived_at: datetime, at: datetime) -> None:
    """The team has come to the customer: the band of the appointment is kept or missed (S16), with its indemnity.

    raises  UnknownAppointment, AppointmentOver
    """
    note_visit(code=code, arrived_at=arrived_at, at=at)
    held = appointment(code)
    record_appointment_band(
        reference=f"appointment:{code}",
        band_start_at=held.starts_at,
        band_end_at=held.ends_at,
        arrived_at=arrived_at,
        contract_account_number=held.account_number,
    )
