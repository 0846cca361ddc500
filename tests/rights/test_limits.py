"""Whatever can be guessed can be tried a few times, and no more."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from sorgente.customers.access.usecases import limits
from tests.rights.two_customers import PASSWORD, PLANTED

pytestmark = pytest.mark.django_db


def test_sign_in_of_customers(streets):
    client = Client()
    most, _within = limits.LIMITS["sign-in-email"]
    for _try in range(most):
        assert "entra/codice" not in client.post("/area/entra/", {"email": PLANTED.email, "password": "sbagliata"}).get(
            "Location", ""
        )
    answer = client.post("/area/entra/", {"email": PLANTED.email, "password": PASSWORD})
    assert answer.status_code == 200, "the right password comes too late"
    assert "portal_entry" not in client.session


def test_second_factor_of_customers(streets):
    client = Client()
    client.post("/area/entra/", {"email": PLANTED.email, "password": PASSWORD})
    from django.core import mail

    code = next(word for word in mail.outbox[-1].body.split() if word.strip(".").isdigit() and len(word) == 6)
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(5):
        client.post("/area/entra/codice/", {"code": wrong})
    assert client.post("/area/entra/codice/", {"code": code}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_sign_in_of_staff(streets):
    from django.contrib.auth import get_user_model

    cache.clear()
    get_user_model().objects.create_user("provata", password=PASSWORD)
    client = Client()
    for _try in range(12):
        client.post("/accounts/login/", {"login": "provata", "password": "sbagliata"})
    answer = client.post("/accounts/login/", {"login": "provata", "password": PASSWORD})
    assert answer.status_code in (200, 429)
    assert "_auth_user_id" not in client.session
    cache.clear()


def test_activation(streets):
    from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code

    code = issue_activation_code(account_number=streets.victim.account, at=timezone.now())
    client, given = Client(), {"account": streets.victim.account, "tax_code_end": PLANTED.tax_code[-4:]}
    most, _within = limits.LIMITS["activate-account"]
    for _try in range(most):
        assert client.post("/area/attiva/", {**given, "code": "AAAAA-AAAAA"}).status_code == 200
    assert client.post("/area/attiva/", {**given, "code": code}).status_code == 200, "the right code comes too late"


def test_codes_of_a_signature_sent_and_tried(streets):
    from sorgente.archive.signing.core.values import Channel
    from sorgente.archive.signing.usecases.read_envelope import record_read_to_end, record_shown
    from sorgente.archive.signing.usecases.sign_field import sign_field
    from sorgente.archive.signing.usecases.signing_codes import TooManyCodes
    from sorgente.journeys.signing import send_code
    from sorgente.tariffs.rules import rules

    now, envelope = timezone.now(), streets.victim.ids["link_envelope"]
    record_shown(envelope_id=envelope, at=now)
    record_read_to_end(envelope_id=envelope, at=now)
    sign_field(envelope_id=envelope, key="contract", at=now)
    most = rules().value("signing.codes", on=now.date())["sends"]
    for _one in range(most):
        send_code(envelope_id=envelope, channel=Channel.EMAIL, at=now)
    with pytest.raises(TooManyCodes):
        send_code(envelope_id=envelope, channel=Channel.EMAIL, at=now)
    link = f"/firma/{streets.victim.ids['link_token']}/conferma/"
    for _try in range(5):
        Client().post(link, {"code": "000000"})
    assert "Troppi codici sbagliati" in Client().post(link, {"code": "000000"}).content.decode()


def test_booking(streets):
    from sorgente.tickets.appointments.models import Appointment

    most, _within = limits.LIMITS["booking-address"]
    before, client = Appointment.objects.count(), Client()
    start = "/appuntamenti/nuovo/contratti/centro/"
    for _try in range(most + 1):
        slot = _free_slot()
        answer = client.post(f"{start}{slot}/", {"name": "Chi Prova", "email": "prova@posta.example"})
    assert answer.status_code == 200, "the form again, with the reason"
    assert Appointment.objects.count() == before + most


def _free_slot() -> int:
    from datetime import timedelta

    from sorgente.tickets.appointments.queries.diary import free_slots

    now = timezone.now()
    return free_slots(service="contratti", place="centro", start=now, end=now + timedelta(days=8))[0].slot_id


def test_pairing(streets):
    from sorgente.archive.signing.usecases.tablets import offer_pairing

    client = Client()
    most, _within = limits.LIMITS["pair-address"]
    for _try in range(most):
        assert client.post("/firma/tablet/collega/", {"code": "AAAA-AAAA"}).status_code == 422
    offer = offer_pairing(clerk="anna", at=timezone.now())
    assert client.post("/firma/tablet/collega/", {"code": offer.code}).status_code == 422, (
        "the right code comes too late"
    )


def test_invitations_and_mails(callers, streets):
    address = f"/area/conti/{streets.victim.account}/deleghe/"
    most, _within = limits.LIMITS["invite"]
    answers = [
        callers.victim.post(address, {"email": f"uno{n}@posta.example", "rights": "see"}).status_code
        for n in range(most + 1)
    ]
    assert answers[-1] == 200, "refused beside the form"
    assert answers[0] == 302
