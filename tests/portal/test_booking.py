"""Appointments on the web: anybody books, and by the link moves it, calls it off, puts it in the calendar."""

from __future__ import annotations

from datetime import date, time, timedelta

import icalendar
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from sorgente.messages.queries.messages import messages_about
from sorgente.tickets.appointments.models import Appointment
from sorgente.tickets.appointments.queries.diary import free_slots
from sorgente.tickets.appointments.usecases.book import book
from sorgente.tickets.appointments.usecases.set_up import define_hours, define_place, define_service, open_slots

pytestmark = pytest.mark.django_db
ANNA = {"name": "Anna Bianchi", "email": "anna@posta.example", "mobile": "", "note": "", "website": ""}


@pytest.fixture(autouse=True)
def diary(db):
    cache.clear()
    define_place(code="centro", kind="desk", name="Sportello di Valdoro", address="Piazza Roma 1, Valdoro")
    define_place(code="squadra", kind="home", name="Squadra tecnica")
    define_service(code="contratti", name="Contratti", name_en="Contracts", bring="documento d'identità")
    define_service(code="verifica", name="Verifica del contatore", name_en="Meter check")
    define_service(code="interno", name="Riunione", name_en="Meeting", public=False)
    for place, services in (("centro", ["contratti", "interno"]), ("squadra", ["verifica"])):
        define_hours(
            place=place, services=services, weekdays=[1, 2, 3, 4, 5, 6], opens_at=time(9), closes_at=time(12),
            slot_minutes=30, seats=1, from_on=date(2026, 1, 1),
        )  # fmt: skip
    today = timezone.localdate()
    open_slots(start=today + timedelta(days=1), end=today + timedelta(days=21))


def slots(service="contratti", place="centro"):
    now = timezone.now()
    return free_slots(service=service, place=place, start=now, end=now + timedelta(days=30))


def booked(client=None, *, service="contratti", place="centro", **given):
    slot = slots(service, place)[0]
    return slot, (client or Client()).post(f"/appuntamenti/nuovo/{service}/{place}/{slot.slot_id}/", ANNA | given)


def test_a_stranger_books_step_by_step_and_is_told():
    visitor = Client()
    told = visitor.get("/appuntamenti/").content.decode()
    assert "Contratti" in told
    assert "Riunione" not in told
    assert visitor.get("/appuntamenti/nuovo/contratti/").url == "/appuntamenti/nuovo/contratti/centro/"
    assert "09:00" in visitor.get("/appuntamenti/nuovo/contratti/centro/").content.decode()
    slot, answer = booked(visitor)
    held = Appointment.objects.get()
    assert (held.seat.slot_id, held.name, held.party_id, held.account_number) == (
        slot.slot_id,
        "Anna Bianchi",
        None,
        "",
    )
    told = visitor.get(answer.url).content.decode()
    assert held.code in told
    assert "documento d&#x27;identità" in told
    (message,) = messages_about(f"appointment:{held.code}")
    assert answer.url in message.body


def test_english_names_stand_on_english_pages():
    told = Client().get("/appuntamenti/", headers={"accept-language": "en"}).content.decode()
    assert "What do you need?" in told
    assert "Meter check" in told


def test_an_appointment_is_moved_and_called_off_by_its_link():
    visitor = Client()
    slot, answer = booked(visitor)
    other = slots()[3]
    assert visitor.post(f"{answer.url}sposta/", {"slot": other.slot_id}).url == answer.url
    assert Appointment.objects.get().seat.slot_id == other.slot_id
    assert slot.slot_id in {one.slot_id for one in slots()}, "the first time is free again"
    visitor.post(f"{answer.url}annulla/")
    assert Appointment.objects.get().state == "cancelled"
    assert "annullato" in visitor.get(answer.url).content.decode()
    assert visitor.post(f"{answer.url}sposta/", {"slot": other.slot_id}).status_code == 422


def test_looking_at_a_link_changes_nothing():
    _, answer = booked()
    assert Client().get(f"{answer.url}annulla/").status_code == 405
    assert Client().get(f"{answer.url}sposta/").status_code == 200
    assert Appointment.objects.get().state == "booked"


def test_the_calendar_file_says_when_and_where():
    slot, answer = booked()
    file = Client().get(f"{answer.url}appuntamento.ics")
    assert file["Content-Type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    assert event["DTSTART"].dt == slot.starts_at
    assert "Piazza Roma 1" in event["LOCATION"]


def test_an_altered_link_leads_nowhere():
    _, answer = booked()
    for path in ("", "sposta/", "appuntamento.ics"):
        assert Client().get(f"{answer.url[:-2]}x/{path}").status_code == 404, path
    assert Client().post(f"{answer.url[:-2]}x/annulla/").status_code == 404


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": ""}, "Qui manca qualcosa"),
        ({"email": ""}, "Lascia un&#x27;e-mail o un cellulare"),
        ({"email": "x"}, "non è scritto bene"),
        ({"email": "", "mobile": "12"}, "non è scritto bene"),
        ({"website": "https://spam.example"}, "Non è stato possibile"),
    ],
)
def test_what_is_lacking_is_said_and_nothing_is_booked(given, says):
    _, answer = booked(**given)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert not Appointment.objects.exists()


def test_a_visit_needs_an_address():
    _, answer = booked(service="verifica", place="squadra")
    assert "Qui manca qualcosa" in answer.content.decode()
    _, answer = booked(service="verifica", place="squadra", address="Via dei Pini 3, Valdoro")
    assert answer.status_code == 302


def test_a_time_somebody_took_meanwhile_leads_back_to_the_others():
    slot = slots()[0]
    book(slot_id=slot.slot_id, service="contratti", name="Bruno", email="b@posta.example", at=timezone.now())
    visitor = Client()
    answer = visitor.post(f"/appuntamenti/nuovo/contratti/centro/{slot.slot_id}/", ANNA)
    assert answer.url == "/appuntamenti/nuovo/contratti/centro/"
    assert "appena preso" in visitor.get(answer.url).content.decode()


@pytest.mark.parametrize(
    "path", ["interno/", "interno/centro/", "contratti/squadra/", "niente/", "contratti/centro/9/"]
)
def test_what_is_not_offered_is_not_there(path):
    assert Client().get(f"/appuntamenti/nuovo/{path}").status_code in (302, 404)
    assert not Appointment.objects.exists()


def test_one_address_books_ten_times_an_hour():
    answers = [booked()[1].status_code for _ in range(11)]
    assert answers == [302] * 10 + [200]


def test_a_customer_finds_their_data_and_their_appointments(town, enter):
    guest, other = enter(0), enter(1)
    slot = slots()[0]
    told = guest.client.get(f"/appuntamenti/nuovo/contratti/centro/{slot.slot_id}/").content.decode()
    assert guest.email in told
    _, answer = booked(guest.client)
    held = Appointment.objects.get()
    assert (held.party_id, held.account_number) == (guest.party_id, guest.account)
    assert answer.url in guest.client.get("/area/appuntamenti/").content.decode()
    assert answer.url not in other.client.get("/area/appuntamenti/").content.decode()
    assert "Contratti" in guest.client.get(f"/area/conti/{guest.account}/").content.decode()
