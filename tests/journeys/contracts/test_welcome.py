"""Who becomes a customer is told how to enter the web area, once, and never by what was taken back."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from django.core import mail
from django.db import transaction

from sorgente.customers.access.models import ActivationCode
from sorgente.customers.access.usecases.activate import activate, prove_by_code
from sorgente.journeys.contracts.execute import execute
from sorgente.journeys.contracts.welcome import welcome
from sorgente.messages.models import Message
from tests.journeys.contracts.office import tax_code


class Undone(Exception):
    pass


pytestmark = pytest.mark.django_db


@pytest.fixture
def started(office, django_capture_on_commit_callbacks):
    """Return what carries out the request at hand as the desk does, commit included."""

    def carry_out():
        with django_capture_on_commit_callbacks(execute=True):
            return execute(**office.by())

    return carry_out


def ready(office, **applicant):
    office.on("2026-03-02").opens("activation").applicant("Rossi", **applicant)
    office.point().title().identity().terms().delivery(**({} if applicant.get("email", "x") else {"channel": "post"}))
    office.signs().on("2026-03-05").reads(0, meter_serial="N77", meter_digits=5)
    return office


def test_the_code_in_the_mail_activates_the_area(office, started):
    ready(office)
    done = started()
    (sent,) = mail.outbox
    assert sent.to == ["rossi@posta.example"]
    code = re.search(r"attivazione: ([0-9A-Z]{5}-[0-9A-Z]{5})", sent.body).group(1)
    assert f"/area/attiva/?conto={done.account_number}" in sent.body
    assert code not in sent.body.partition("?conto=")[2].splitlines()[0]
    proven = prove_by_code(
        account_number=done.account_number, code=code, tax_code_end=tax_code("Rossi")[-4:], address="203.0.113.9",
        at=office.now,
    )  # fmt: skip
    login = activate(proven=proven, email="rossi@posta.example", password="un secchio di pioggia", at=office.now)
    assert login.party_ids == (done.line.party_id,)
    assert not Message.objects.filter(body__contains=code).exists()


def test_it_leaves_once(office, started):
    ready(office)
    started()
    started()
    assert len(mail.outbox) == 1
    assert ActivationCode.objects.count() == 1


def test_what_is_taken_back_tells_nobody(office, django_capture_on_commit_callbacks):
    ready(office)
    with django_capture_on_commit_callbacks(execute=True) as called, suppress(Undone), transaction.atomic():
        execute(**office.by())
        raise Undone
    assert called == []
    assert mail.outbox == []


def test_without_an_address_or_with_a_login_nothing_leaves(office, started):
    ready(office, email="")
    done = started()
    assert mail.outbox == []
    assert not welcome(number=office.number, at=office.now)
    assert done.line.state == "executed"


def test_a_mail_server_that_is_down_undoes_nothing_and_it_can_be_sent_later(office, started, settings):
    ready(office)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert started().line.state == "executed"
    assert ActivationCode.objects.count() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert welcome(number=office.number, at=office.now)
    assert len(mail.outbox) == 1
