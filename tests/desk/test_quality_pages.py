"""The pages on service standards: what falls due, what is owed for it, the register and its export."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import localdate

from sorgente.quality.models import IndemnityDue
from sorgente.quality.usecases.evaluate_clocks import evaluate_clocks
from sorgente.quality.usecases.settle_indemnities import settle_indemnities
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.quality.usecases.stop_clock import stop_clock
from sorgente.quality.usecases.suspend_clock import suspend_clock

pytestmark = pytest.mark.django_db
ROME = ZoneInfo("Europe/Rome")


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ROME)


@pytest.fixture
def clocks(db) -> date:
    """Start a late clock, one of today, one that waits for others, and one done late for somebody without supply."""
    today = localdate()
    start_clock(standard="S12", reference="request:1", channel="desk", started_at=at(today - timedelta(days=30)))
    start_clock(standard="S16", reference="appointment:AB12", channel="web", started_at=at(today, 9))
    start_clock(
        standard="S25", reference="ticket:3", channel="pec", started_at=at(today - timedelta(days=3)), text="Odore"
    )
    suspend_clock(standard="S25", reference="ticket:3", at=at(today - timedelta(days=1)), cause="customer")
    start_clock(standard="S11", reference="request:4", channel="desk", started_at=at(today - timedelta(days=60)))
    stop_clock(standard="S11", reference="request:4", ended_at=at(today - timedelta(days=40)))
    evaluate_clocks(as_of=today, at=at(today, 20))
    settle_indemnities(as_of=today, at=at(today, 20))
    return today


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_falls_due(clocks, sign_in):
    client = sign_in("complaints")
    everything = page(client, "/quality/")
    for text in ("Pratica 1", "Appuntamento AB12", "Segnalazione 3", "Attesa di un atto del cliente", "Odore"):
        assert text in everything
    assert "Pratica 4" not in everything
    late, today = page(client, "/quality/?window=late"), page(client, "/quality/?window=today")
    assert "Pratica 1" in late
    assert "Appuntamento AB12" not in late
    assert "Appuntamento AB12" in today
    assert "Niente in scadenza" in page(client, "/quality/?q=nobody")


def test_the_dashboard_counts_what_is_late(clocks, sign_in):
    assert "Termini superati" in page(sign_in("desk"), "/")
    assert "Termini superati" not in page(sign_in("dpo"), "/")


def test_a_direct_payment_is_recorded(clocks, sign_in):
    client = sign_in("credit")
    part = IndemnityDue.objects.get(performance__reference="request:4")
    assert "Segna pagato oggi" in page(client, "/quality/indemnities/?state=direct")
    answer = client.post(f"/quality/indemnities/{part.pk}/paid/", {"reference": "CRO 123"})
    assert answer.status_code == 302
    part.refresh_from_db()
    assert (part.state, part.payment_reference, part.paid_on) == ("paid", "CRO 123", clocks)
    assert "CRO 123" in page(client, "/quality/indemnities/?state=paid")


def test_a_payment_that_is_not_awaited_says_why(clocks, sign_in):
    answer = sign_in("credit").post("/quality/indemnities/999999999/paid/", {"reference": "CRO 123"})
    assert "There is none" in answer.content.decode()


def test_the_register_filters_and_exports(clocks, sign_in):
    client = sign_in("billing")
    out = page(client, "/quality/register/?outcome=out")
    assert "Pratica 4" in out
    assert "Pratica 1" not in out
    export = client.get("/quality/register/?outcome=out&export=csv")
    lines = b"".join(export.streaming_content).decode().splitlines()
    assert lines[0].startswith("\ufeffPrestazione;Richiesta;")
    assert len(lines) == 2
    assert ";request:4;" in lines[1]


def test_the_year(clocks, sign_in):
    shown = page(sign_in("admin"), f"/quality/year/?year={(clocks - timedelta(days=40)).year}")
    assert "Disattivazione su richiesta" in shown
    assert "MC1" in shown
    assert page(sign_in("admin"), "/quality/year/?year=99999999999")


def test_the_pages_speak_english(clocks, sign_in):
    client = sign_in("desk")
    client.post("/language/setlang/", {"language": "en", "next": "/quality/"})
    assert "Deadlines" in page(client, "/quality/")
