"""The counter as it is now, and how long people waited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sorgente.tickets.appointments.models import Call, CounterTicket


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number of the day; `minutes` waited end when it is called, or run on until now."""

    id: int
    number: int
    service: str
    service_name: str
    appointment_code: str
    name: str
    party_id: int | None
    state: str
    state_label: str
    drawn_at: datetime
    called_at: datetime | None
    ended_at: datetime | None
    counter: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Waits:
    """The waiting times of called numbers: what RQSII art. 52-53 ask of an office."""

    served: int
    mean: timedelta
    longest: timedelta
    within: int


@dataclass(frozen=True, slots=True)
class CallView:
    id: int
    reference: str
    caller: str
    line: str
    operator: str
    received_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    party_id: int | None
    note: str


def counter_of(*, place: str, on: date, now: datetime) -> list[Waiting]:
    """Return the numbers of a place and day in the order they were drawn."""
    tickets = CounterTicket.objects.filter(place__code=place, on=on).select_related("service", "appointment")
    return [_waiting(ticket, now) for ticket in tickets.order_by("number")]


def number_of(ticket_id: int, *, now: datetime) -> Waiting:
    """Return one number; raises DoesNotExist when there is none of that id."""
    return _waiting(CounterTicket.objects.select_related("service", "appointment").get(pk=ticket_id), now)


def waits_of(*, start: date, end: date, limit: timedelta, place: str = "") -> Waits:
    """Return the waits of the days in [start, end): how many, mean, longest, and how many within the limit."""
    called = CounterTicket.objects.filter(on__gte=start, on__lt=end, called_at__isnull=False)
    if place:
        called = called.filter(place__code=place)
    waits = [seen - drawn for seen, drawn in called.values_list("called_at", "drawn_at") if seen is not None]
    mean = sum(waits, timedelta()) / len(waits) if waits else timedelta()
    return Waits(len(waits), mean, max(waits, default=timedelta()), sum(wait <= limit for wait in waits))


def calls_since(moment: datetime, *, operator: str = "") -> list[CallView]:
    """Return the calls received from a moment on, latest first; an operator's own and the unanswered ones."""
    calls = Call.objects.filter(received_at__gte=moment).order_by("-received_at")
    return [_call(call) for call in calls if not operator or call.operator in ("", operator)]


def calls_of_party(party_id: int, *, most: int) -> list[CallView]:
    """Return the calls of a customer, latest first."""
    return [_call(call) for call in Call.objects.filter(party_id=party_id).order_by("-received_at")[:most]]


def _call(call: Call) -> CallView:
    return CallView(
        call.pk, call.reference, call.caller, call.line, call.operator, call.received_at, call.answered_at,
        call.ended_at, call.party_id, call.note,
    )  # fmt: skip


def _waiting(ticket: CounterTicket, now: datetime) -> Waiting:
    return Waiting(
        id=ticket.pk,
        number=ticket.number,
        service=ticket.service.code,
        service_name=ticket.service.name,
        appointment_code=ticket.appointment.code if ticket.appointment else "",
        name=ticket.appointment.name if ticket.appointment else "",
        party_id=ticket.appointment.party_id if ticket.appointment else None,
        state=ticket.state,
        state_label=ticket.get_state_display(),
        drawn_at=ticket.drawn_at,
        called_at=ticket.called_at,
        ended_at=ticket.ended_at,
        counter=ticket.counter,
        minutes=int(((ticket.called_at or ticket.ended_at or now) - ticket.drawn_at).total_seconds() // 60),
    )
