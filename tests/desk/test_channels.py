"""The diary, the counter and the telephone, as the people who use them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from sorgente.quality.queries.clocks import clocks_of
from sorgente.tickets.appointments.queries.diary import appointments_of, day_list, free_slots
from sorgente.tickets.appointments.usecases.book import book
from sorgente.tickets.appointments.usecases.calls import receive_call
from sorgente.tickets.appointments.usecases.set_up import define_hours, define_place, define_service, open_slots


@pytest.fixture
def diary(town):
    today = timezone.localdate()
    define_place(code="centro", kind="desk", name="Sportello di Valdoro", address="Piazza Roma 1")
    define_place(code="squadra", kind="home", name="Squadra tecnica")
    define_service(code="contratti", name="Contratti", name_en="Contracts")
    for place in ("centro", "squadra"):
        define_hours(
            place=place, services=["contratti"], weekdays=range(1, 8), opens_at=time(0), closes_at=time(23, 59),
            slot_minutes=60, seats=2, from_on=today,
        )  # fmt: skip
    open_slots(start=today, end=today + timedelta(days=10))
    return today


def _slots(place="centro"):
    now = timezone.now()
    return free_slots(service="contratti", place=place, start=now, end=now + timedelta(days=9))


def test_a_clerk_books_moves_and_cancels_for_a_customer(diary, town, sign_in):
    clerk = sign_in("desk")
    slots = _slots()
    asked = {"service": "contratti", "place": "centro", "slot": slots[0].slot_id, "party": town.party_id,
             "name": "Rossi Anna", "email": "anna@posta.example"}  # fmt: skip
    assert clerk.get("/appointments/book/", {"service": "contratti", "party": town.party_id}).status_code == 200
    answer = clerk.post("/appointments/book/", asked)
    (held,) = appointments_of(party_id=town.party_id)
    assert answer["Location"] == f"/appointments/{held.code}/"
    on = timezone.localtime(held.starts_at).date()
    assert "Rossi Anna" in clerk.get("/appointments/", {"place": "centro", "day": on.isoformat()}).content.decode()
    clerk.post(answer["Location"], {"act": "change", "slot": slots[5].slot_id})
    assert appointments_of(party_id=town.party_id)[0].starts_at == slots[5].starts_at
    clerk.post(answer["Location"], {"act": "cancel"})
    assert appointments_of(party_id=town.party_id)[0].state == "cancelled"


def test_a_slot_taken_meanwhile_is_said_and_not_shared(diary, sign_in):
    slot = _slots()[0].slot_id
    for name in ("Uno", "Due"):
        book(slot_id=slot, service="contratti", name=name, email="a@b.example", at=timezone.now())
    asked = {"service": "contratti", "place": "centro", "slot": slot, "name": "Tre", "email": "c@d.example"}
    answer = sign_in("desk").post("/appointments/book/", asked)
    assert answer.status_code == 422
    assert "appointments.slot.taken" in answer.content.decode()


def test_a_late_visit_gives_an_indemnity_clock(diary, sign_in):
    slot = _slots("squadra")[0]
    held = book(slot_id=slot.slot_id, service="contratti", name="Rossi", email="a@b.example", address="Via Po 1",
                at=timezone.now())  # fmt: skip
    sign_in("desk").post(f"/appointments/{held.code}/", {"act": "visited", "arrived": "25:99"})
    assert clocks_of(f"appointment:{held.code}") == []
    arrived = f"{timezone.localtime(slot.starts_at):%H}:20"
    sign_in("desk").post(f"/appointments/{held.code}/", {"act": "visited", "arrived": arrived})
    (clock,) = clocks_of(f"appointment:{held.code}")
    assert clock.standard == "S16"


def test_a_morning_at_the_counter(diary, sign_in):
    clerk = sign_in("desk")
    clerk.post("/counter/act/", {"act": "draw", "place": "centro", "service": "contratti"})
    assert "In attesa" in clerk.get("/counter/").content.decode()
    clerk.post("/counter/act/", {"act": "call", "place": "centro", "desk": "3"})
    page = clerk.get("/counter/", headers={"HX-Request": "true"})
    assert page.context["called"][0].counter == "3"
    assert len(clocks_of(f"counter:centro:{diary}:1")) == 2, "the longest and the mean wait"
    clerk.post("/counter/act/", {"act": "served", "place": "centro", "ticket": page.context["called"][0].id})
    assert clerk.get("/counter/").context["done"] == 1


def test_a_ringing_call_opens_on_the_customer(diary, town, sign_in):
    receive_call(reference="pbx-1", at=timezone.now(), caller=town.phone.removeprefix("+39"))
    agent = sign_in("call_centre")
    page = agent.get("/calls/", headers={"HX-Request": "true"})
    assert [found.party_id for found in page.context["live"][0].customers] == [town.party_id]
    call = page.context["live"][0].call
    receive_call(reference="pbx-1", at=timezone.now(), ended_at=timezone.now())
    agent.post(f"/calls/{call.id}/note/", {"party": town.party_id, "note": "chiede la bolletta"})
    assert "chiede la bolletta" in agent.get("/calls/").content.decode()


def test_the_day_list_knows_the_local_day(diary):
    slot = _slots()[0]
    book(slot_id=slot.slot_id, service="contratti", name="Rossi", email="a@b.example", at=timezone.now())
    on = timezone.localtime(slot.starts_at).date()
    assert isinstance(slot.starts_at, datetime)
    assert [row.name for row in day_list(place="centro", on=on)] == ["Rossi"]
