"""What lies in the database: no code that still opens something, no IBAN, no key; where an exception stands, why."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.rights.columns import places_of
from tests.rights.two_customers import ENDPOINT, PASSWORD, PLANTED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mails():
    mail.outbox.clear()


def code_in_mail(pattern: str = r"\b\d{6}\b") -> str:
    found = re.search(pattern, mail.outbox[-1].body)
    assert found is not None
    return found.group()


def test_the_scan_finds_what_is_there(streets):
    assert "customers_party.name" in places_of(PLANTED.name)
    assert "customers_party.tax_code" in places_of(PLANTED.tax_code)
    assert "archive_documentsubject.subject" in places_of(f"ticket:{streets.victim.ids['ticket']}")


def test_no_code_of_a_signature(streets):
    from sorgente.archive.signing.core.values import Channel
    from sorgente.archive.signing.usecases.read_envelope import record_read_to_end, record_shown
    from sorgente.archive.signing.usecases.sign_field import sign_field
    from sorgente.journeys.signing import send_code

    now, envelope = timezone.now(), streets.victim.ids["link_envelope"]
    record_shown(envelope_id=envelope, at=now)
    record_read_to_end(envelope_id=envelope, at=now)
    sign_field(envelope_id=envelope, key="contract", at=now)
    made = send_code(envelope_id=envelope, channel=Channel.EMAIL, at=now)
    code = code_in_mail()
    assert code in made.body
    assert places_of(code) == set()
    assert places_of(made.body) == set()


def test_no_code_of_a_sign_in(streets):
    client = Client()
    client.post("/area/entra/", {"email": PLANTED.email, "password": PASSWORD})
    assert places_of(code_in_mail()) == set()
    # What the session keeps is signed, not readable as text; nothing of it names the code.
    assert "code" not in str(client.session.get("portal_entry", {}).get("shown", ""))
    assert places_of(PASSWORD) == set()


def test_no_activation_code(streets):
    from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code

    code = issue_activation_code(account_number=streets.victim.account, at=timezone.now())
    assert places_of(code) == set()
    assert places_of(code.replace("-", "")) == set()


def test_no_token_of_an_invitation_nor_of_a_reset(streets):
    client = Client()
    client.post("/area/password/", {"email": PLANTED.email})
    link = code_in_mail(r"/area/password/[^/\s]+/[^/\s]+")
    assert places_of(link.rsplit("/", 1)[1]) == set()
    assert places_of(streets.victim.ids["invitation_token"]) == set()


def test_no_token_of_an_envelope_nor_of_a_tablet(streets):
    from sorgente.archive.signing.usecases.tablets import offer_pairing, pair_tablet

    assert places_of(streets.victim.ids["link_token"]) == set()
    offer = offer_pairing(clerk="anna", at=timezone.now())
    paired = pair_tablet(code=offer.code, at=timezone.now(), device="Firefox")
    assert places_of(offer.code) == set()
    assert places_of(paired.device_token) == set()


def test_no_iban(streets):
    """The last four characters stay readable for people. Files for the bank and mandates are documents of the archive,
    kept as files; their text is not read into the search (billing and debit files are found by number)."""
    assert places_of(PLANTED.iban) == set()
    assert "payments_mandate.iban_tail" in places_of(PLANTED.iban[-4:])


def test_no_secret_of_a_browser(streets):
    assert "outbox_pushsubscription.endpoint" in places_of(ENDPOINT)  # where to send; useless without our own key
    assert places_of("tBHItJI5svbpez7KI4CCXg") == set()


def test_no_secret_of_an_authenticator_app(streets, callers):
    page = callers.victim.get("/area/accesso/app/")
    secret = page.context["secret"]
    from allauth.mfa.totp.internal.auth import TOTP
    from django.contrib.auth import get_user_model

    TOTP.activate(get_user_model().objects.get(pk=streets.victim.user_id), secret)
    assert places_of(secret) == set()


def test_no_key_of_a_meter(streets):
    from sorgente.metering.models import Device
    from sorgente.metering.usecases.import_meter_keys import import_meter_keys

    key = "0102030405060708090A0B0C0D0E0F11"
    keys = f"serial;key\n{Device.objects.order_by('id')[0].serial};{key}\n"
    assert import_meter_keys(content=keys.encode(), file_name="keys.csv").stored == 1
    assert places_of(key) == set()


def test_the_one_token_that_stays_readable(streets):
    """The mail with the link to a paper is kept as it was sent, as proof. Its token opens the paper for reading, and
    ends with the envelope; signing takes a code besides."""
    from sorgente.archive.papers import Paper
    from sorgente.archive.signing.core.values import Method, SignatureKind
    from sorgente.journeys.signing import start_signing
    from sorgente.messages.models import Message
    from tests.signing.counter import ANNA, CONTRACT, contract_pdf

    paper = Paper(
        content=contract_pdf("Altro"), template="termination", version="1", title="Disdetta", fields=(CONTRACT,),
        kind="contract",
    )  # fmt: skip
    view = start_signing(
        paper=paper, signer=ANNA, method=Method.OTP, subjects=["contract:12"], opened_by="anna", at=timezone.now(),
        signature_kind=SignatureKind.SIMPLE,
    )  # fmt: skip
    body = Message.objects.get(key=f"envelope:{view.id}:link").body
    found = re.search(r"/firma/([^/\s]+)/", body)
    assert found is not None
    assert places_of(found[1]) == {"outbox_message.body"}
