"""Appointments: a diary, people who book, move and cancel, and ten thousand who want the same hour."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
from django.db import IntegrityError, connection, connections, transaction

from sorgente.messages.queries.messages import messages_about
from sorgente.shared.calendar import calendar
from sorgente.tickets.appointments.adapters.calendar_file import calendar_file
from sorgente.tickets.appointments.core.codes import AppointmentOver, UnknownAppointment, is_code, new_code
from sorgente.tickets.appointments.core.diary import Hours, slots_of
from sorgente.tickets.appointments.links import code_of, token_of
from sorgente.tickets.appointments.models import Appointment, Seat
from sorgente.tickets.appointments.queries.counter import counter_of, waits_of
from sorgente.tickets.appointments.queries.diary import appointment, appointments_of, day_list, free_slots, offers
from sorgente.tickets.appointments.usecases.book import (
    AppointmentIncomplete,
    SlotNotOffered,
    SlotTaken,
    book,
    cancel,
    change,
)
from sorgente.tickets.appointments.usecases.calls import UnknownCall, note_call, receive_call
from sorgente.tickets.appointments.usecases.receive import (
    CounterTicketOver,
    call_next,
    draw_number,
    end_counter_ticket,
    mark_missed,
)
from sorgente.tickets.appointments.usecases.remind import confirm, remind
from sorgente.tickets.appointments.usecases.set_up import (
    HoursOutOfRange,
    UnknownPlace,
    define_hours,
    define_place,
    define_service,
    open_slots,
)

NOW = datetime(2026, 4, 20, 5, tzinfo=UTC)  # a Monday, before anything opens
TUESDAY = date(2026, 4, 21)
WEEK = (datetime(2026, 4, 20, tzinfo=UTC), datetime(2026, 4, 27, tzinfo=UTC))


@pytest.fixture
def diary(db):
    _set_up(seats=2)


def _set_up(*, seats: int) -> None:
    define_place(code="centro", kind="desk", name="Sportello di Valdoro", address="Piazza Roma 1, Valdoro")
    define_place(code="squadra", kind="home", name="Squadra tecnica")
    define_service(code="contratti", name="Contratti", name_en="Contracts", bring="documento d'identità")
    define_service(code="verifica", name="Verifica del contatore", name_en="Meter check")
    for place, service, opens, closes, minutes in (
        ("centro", "contratti", time(9), time(12), 30),
        ("squadra", "verifica", time(8), time(14), 180),
    ):
        define_hours(
            place=place, services=[service], weekdays=[1, 2, 3, 4, 5], opens_at=opens, closes_at=closes,
            slot_minutes=minutes, seats=seats, from_on=date(2026, 1, 1),
        )  # fmt: skip
    open_slots(start=date(2026, 4, 20), end=date(2026, 4, 27))


def _free(service: str = "contratti", place: str = "centro"):
    return free_slots(service=service, place=place, start=NOW, end=WEEK[1])


def _book(slot_id: int, **changed):
    asked = {"service": "contratti", "name": "Anna Bianchi", "email": "anna@posta.example", "at": NOW}
    return book(slot_id=slot_id, **(asked | changed))


def test_hours_become_slots_except_on_holidays_and_past_closing():
    hours = Hours(6, time(9), time(10, 10), 30, date(2026, 1, 1), None)  # Saturdays
    found = list(slots_of(hours, start=date(2026, 4, 20), end=date(2026, 5, 5), days=calendar()))
    days = {begins.date() for begins, _ in found}
    assert days == {date(2026, 4, 25) + timedelta(7)}, "25 April is a holiday"
    assert [f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in found] == ["09:00-09:30", "09:30-10:00"]


def test_nine_o_clock_stays_nine_when_the_clocks_change():
    hours = Hours(1, time(9), time(10), 60, date(2026, 1, 1), None)
    before, after = list(slots_of(hours, start=date(2026, 3, 23), end=date(2026, 3, 31), days=calendar()))
    assert (before[0].astimezone(UTC).hour, after[0].astimezone(UTC).hour) == (8, 7)


def test_slots_are_made_once(diary):
    assert open_slots(start=date(2026, 4, 20), end=date(2026, 4, 27)) == 0
    assert open_slots(start=date(2026, 4, 20), end=date(2026, 4, 28)) == 6 + 2


def test_hours_without_room_for_a_slot_are_refused(diary):
    with pytest.raises(HoursOutOfRange):
        define_hours(place="centro", services=["contratti"], weekdays=[8], opens_at=time(9), closes_at=time(10),
                     slot_minutes=90, seats=1, from_on=TUESDAY)  # fmt: skip
    with pytest.raises(UnknownPlace):
        define_hours(place="altrove", services=["contratti"], weekdays=[1], opens_at=time(9), closes_at=time(10),
                     slot_minutes=30, seats=1, from_on=TUESDAY)  # fmt: skip


def test_offers_name_services_and_their_places(diary):
    assert [(offer.code, offer.places) for offer in offers()] == [
        ("contratti", (("centro", "Sportello di Valdoro", "desk"),)),
        ("verifica", (("squadra", "Squadra tecnica", "home"),)),
    ]


def test_a_life_of_an_appointment(diary):
    slots = _free()
    assert slots[0].free == 2
    held = _book(slots[0].slot_id, party_id=7, account_number="1000012")
    assert is_code(held.code)
    assert code_of(held.token) == held.code
    assert _free()[0].free == 1
    moved = change(code=held.code, slot_id=slots[3].slot_id, at=NOW)
    assert (moved.code, moved.starts_at) == (held.code, slots[3].starts_at)
    assert _free()[0].free == 2
    assert change(code=held.code, slot_id=slots[3].slot_id, at=NOW) == moved
    assert [view.code for view in appointments_of(party_id=7)] == [held.code]
    assert [view.code for view in appointments_of(accounts=["1000012"])] == [held.code]
    cancel(code=held.code, at=NOW)
    cancel(code=held.code, at=NOW)
    assert appointment(held.code).state == "cancelled"
    assert [slot.free for slot in _free()[:4]] == [2, 2, 2, 2]
    with pytest.raises(AppointmentOver):
        change(code=held.code, slot_id=slots[0].slot_id, at=NOW)


def test_a_full_slot_is_refused_and_freed_by_a_cancellation(diary):
    slot = _free()[0].slot_id
    first, _ = _book(slot), _book(slot)
    with pytest.raises(SlotTaken):
        _book(slot)
    other = _book(_free()[2].slot_id)
    with pytest.raises(SlotTaken):
        change(code=other.code, slot_id=slot, at=NOW)
    cancel(code=first.code, at=NOW)
    assert change(code=other.code, slot_id=slot, at=NOW).starts_at == appointment(first.code).starts_at


def test_what_cannot_be_booked(diary):
    slot = _free()[0].slot_id
    with pytest.raises(AppointmentIncomplete):
        _book(slot, name=" ")
    with pytest.raises(AppointmentIncomplete):
        _book(slot, email="")
    with pytest.raises(AppointmentIncomplete):
        _book(_free("verifica", "squadra")[0].slot_id, service="verifica")
    for wrong in ({"service": "verifica"}, {"at": datetime(2026, 4, 26, tzinfo=UTC)}):
        with pytest.raises(SlotNotOffered):
            _book(slot, **wrong)
    with pytest.raises(SlotNotOffered):
        _book(999_999)


def test_an_altered_link_opens_nothing(diary):
    token = token_of("ABC")
    with pytest.raises(UnknownAppointment):
        code_of(token[:-1] + ("a" if token[-1] != "a" else "b"))
    with pytest.raises(UnknownAppointment):
        appointment("NOSUCH1")


def test_a_code_notices_a_slip_of_the_pen():
    for code in {new_code() for _ in range(200)}:
        assert is_code(code)
        for place, letter in enumerate(code):
            other = "2" if letter != "2" else "3"
            assert not is_code(code[:place] + other + code[place + 1 :])


def test_messages_tell_each_state_once_and_remind_the_day_before(diary):
    slot = next(slot for slot in _free() if slot.starts_at.date() == TUESDAY)
    held = _book(slot.slot_id)
    confirm(code=held.code, at=NOW)
    confirm(code=held.code, at=NOW)
    eve = slot.starts_at - timedelta(hours=20)
    assert remind(as_of=eve, hours=24) == 1
    assert remind(as_of=eve, hours=24) == 0
    cancel(code=held.code, at=eve)
    confirm(code=held.code, at=eve)
    told = messages_about(f"appointment:{held.code}")
    assert sorted(message.subject_line for message in told) == [
        "Appuntamento annullato", "Appuntamento confermato", "Promemoria appuntamento",
    ]  # fmt: skip


def test_the_calendar_file_opens_in_a_calendar(diary):
    held = _book(_free()[0].slot_id)
    file = calendar_file(appointment(held.code), company="Valdoro Acque", link="https://x.example/a", at=NOW)
    event = icalendar.Calendar.from_ical(file).walk("VEVENT")[0]
    assert event["summary"] == "Contratti – Valdoro Acque"
    assert event.decoded("dtstart") == appointment(held.code).starts_at
    cancel(code=held.code, at=NOW)
    file = calendar_file(appointment(held.code), company="Valdoro Acque", link="https://x.example/a", at=NOW)
    assert b"STATUS:CANCELLED" in file


def test_a_morning_at_the_counter(diary):
    nine = next(slot for slot in _free() if slot.starts_at.date() == TUESDAY).starts_at
    held = _book(next(slot for slot in _free() if slot.starts_at == nine).slot_id)
    assert [view.code for view in day_list(place="centro", on=TUESDAY)] == [held.code]

    def draw(minutes: int, code: str = ""):
        return draw_number(place="centro", service="contratti", on=TUESDAY, at=nine + timedelta(minutes=minutes),
                           appointment_code=code)  # fmt: skip

    def call(minutes: int):
        return call_next(place="centro", on=TUESDAY, counter="2", operator="anna", at=nine + timedelta(minutes=minutes))

    walk_in, expected = draw(-20), draw(-5, held.code)
    assert (walk_in.number, expected.number) == (1, 2)
    assert draw(-4, held.code).pk == expected.pk, "coming twice to the machine gives the same number"
    first, second = call(0), call(10)
    assert (first.pk, second.pk) == (expected.pk, walk_in.pk), "nine o'clock has come: the appointment goes first"
    assert call(11) is None
    end_counter_ticket(ticket_id=first.pk, served=True, at=nine + timedelta(minutes=9))
    end_counter_ticket(ticket_id=first.pk, served=True, at=nine + timedelta(minutes=9))
    with pytest.raises(CounterTicketOver):
        end_counter_ticket(ticket_id=first.pk, served=False, at=nine + timedelta(minutes=9))
    assert appointment(held.code).state == "served"
    waits = waits_of(start=TUESDAY, end=TUESDAY + timedelta(1), limit=timedelta(minutes=20))
    assert (waits.served, waits.mean, waits.longest, waits.within) == (
        2, timedelta(minutes=17, seconds=30), timedelta(minutes=30), 1,
    )  # fmt: skip
    assert [row.state for row in counter_of(place="centro", on=TUESDAY, now=nine)] == ["called", "served"]
    with pytest.raises(UnknownAppointment):
        draw(12, held.code)
    with pytest.raises(UnknownPlace):
        draw_number(place="altrove", service="contratti", on=TUESDAY, at=nine)


def test_who_does_not_come_is_marked_missed(diary):
    held = _book(_free()[0].slot_id)
    assert mark_missed(before=NOW + timedelta(days=2)) == 1
    assert appointment(held.code).state == "missed"
    with pytest.raises(AppointmentOver):
        cancel(code=held.code, at=NOW)


def test_a_call_told_twice_and_out_of_order_is_one_call(diary):
    ended = NOW + timedelta(minutes=4)
    first = receive_call(reference="pbx-1", at=NOW, ended_at=ended, operator="luca")
    again = receive_call(reference="pbx-1", at=NOW, caller="0733 123456", answered_at=NOW)
    assert first == again
    note_call(call_id=first, party_id=None, note="chiede la lettura")
    with pytest.raises(UnknownCall):
        note_call(call_id=999_999, party_id=None, note="")


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_at_once_never_share_a_seat():
    """Ten thousand attempts from many connections on six slots of five seats: thirty people, no more."""
    _set_up(seats=5)
    slots = [slot.slot_id for slot in _free()[:6]]

    def attempt(number: int) -> bool:
        try:
            _book(slots[number % 6], name=f"Persona {number}")
        except SlotTaken:
            return False
        return True

    def many(first: int) -> int:
        try:
            return sum(attempt(number) for number in range(first, 10_000, 24))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(24) as people:
        booked = sum(people.map(many, range(24)))
    assert booked == 30
    assert Appointment.objects.values("seat").distinct().count() == 30


def test_the_database_itself_refuses_a_second_holder(diary):
    held = _book(_free()[0].slot_id)
    seat = Seat.objects.get(appointments__code=held.code)
    row = Appointment.objects.get(code=held.code)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(code="SECOND2", seat=seat, service=row.service, name="Altro", booked_at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from appointments_appointmentevent")
        assert cursor.fetchone()[0] == 1, "every state of an appointment is kept"
