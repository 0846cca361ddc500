"""The same form sent twice (a double tap, the back button) makes one request, read, appointment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate

from sorgente.customers.access.models import Submission
from sorgente.customers.access.usecases import limits
from sorgente.customers.access.usecases.once import made_before, once
from sorgente.messages.models import Message
from sorgente.metering.models import Read
from sorgente.tickets.appointments.models import Appointment
from sorgente.tickets.queries.inbox import tickets_of_account
from tests.portal import test_booking, test_pages

photo = test_pages.photo
AT = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.fixture
def guest(enter):
    return enter(0)


# The town comes first, then what these add to it.
@pytest.fixture
def diary(guest):
    test_booking.diary.__wrapped__(None)


@pytest.fixture
def meter(guest):
    return test_pages.meter.__wrapped__(guest)


def form_key(client: Client, path: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', client.get(path).content.decode())
    assert found is not None, path
    return found[1]


@pytest.mark.parametrize("kind", ["information", "complaint"])
def test_a_request_or_complaint_is_opened_once(guest, kind):
    path = f"/area/conti/{guest.account}/richieste/nuova/"
    key = form_key(guest.client, path)
    told = {"kind": kind, "body": "Da ieri l'acqua esce marrone.", "once": key}
    first, again = (guest.client.post(path, told | {"papers": [photo()]}) for _ in range(2))
    assert first.status_code == 302
    assert first.url == again.url
    assert len(tickets_of_account(guest.account)) == 1
    edited = guest.client.post(path, told | {"body": "Adesso è di nuovo chiara.", "papers": [photo()]})
    assert edited.url != first.url
    assert len(tickets_of_account(guest.account)) == 2, "who went back and wrote something else says something else"
    assert form_key(guest.client, path) != key


def test_deletion_is_asked_once(guest):
    key = form_key(guest.client, f"/area/profilo/{guest.party_id}/dati/")
    first, again = (guest.client.post(f"/area/profilo/{guest.party_id}/cancella/", {"once": key}) for _ in range(2))
    assert first.url == again.url
    assert len(tickets_of_account(guest.account)) == 1


def test_a_reading_is_taken_once(guest, meter):
    path = f"/area/conti/{guest.account}/autolettura/"
    told = {
        "digits": test_pages.latest_m3(meter) + 3,
        "read_on": localdate().isoformat(),
        "once": form_key(guest.client, path),
    }
    before = Read.objects.count()
    answers = [guest.client.post(path, told) for _ in range(2)]
    assert {one.url for one in answers} == {f"{path}fatta/"}
    assert Read.objects.count() == before + 1


@pytest.mark.usefixtures("diary")
def test_a_seat_is_taken_once_by_a_customer_and_by_anybody(guest):
    for client in (guest.client, Client()):
        path = f"/appuntamenti/nuovo/contratti/centro/{test_booking.slots()[0].slot_id}/"
        told = test_booking.ANNA | {"once": form_key(client, path)}
        first, again = (client.post(path, told) for _ in range(2))
        assert first.status_code == 302
        assert first.url == again.url
    assert Appointment.objects.count() == 2
    assert Message.objects.filter(channel="email", about__startswith="appointment:").count() == 2


def test_the_key_of_somebody_else_opens_nothing(guest, enter):
    """Keys are bound to who sends: a form copied from another's page makes a thing of one's own."""
    other = enter(1)
    path = "/area/conti/{}/richieste/nuova/"
    key = form_key(guest.client, path.format(guest.account))
    told = {"kind": "information", "body": "Una domanda.", "once": key}
    first = guest.client.post(path.format(guest.account), told)
    assert other.client.post(path.format(other.account), told).url != first.url
    assert (len(tickets_of_account(guest.account)), len(tickets_of_account(other.account))) == (1, 1)


def test_what_was_refused_can_be_sent_again(guest):
    path = f"/area/conti/{guest.account}/richieste/nuova/"
    told = {"kind": "information", "body": "Una domanda.", "once": form_key(guest.client, path)}
    refused = guest.client.post(path, told | {"papers": [SimpleUploadedFile("x.exe", b"MZ nothing")]})
    assert refused.status_code == 200
    assert told["once"] in refused.content.decode(), "the page that asks again keeps the key"
    assert guest.client.post(path, told | {"papers": [photo()]}).status_code == 302


@pytest.mark.django_db
def test_a_failure_keeps_nothing_and_old_forms_are_forgotten():
    def fails() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        once(key="a", at=AT, make=fails)
    assert made_before("a") is None
    assert once(key="a", at=AT, make=lambda: "T1") == once(key="a", at=AT, make=lambda: "T2") == "T1"
    assert (once(key="", at=AT, make=lambda: "T3"), made_before("")) == ("T3", None)
    assert not Submission.objects.filter(key_hash="a").exists(), "only a hash is kept"
    limits.clear_old_attempts(as_of=AT + timedelta(days=59))
    assert made_before("a") == "T1"
    limits.clear_old_attempts(as_of=AT + timedelta(days=61))
    assert made_before("a") is None
