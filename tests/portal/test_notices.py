"""Choosing notices, and the devices that show them."""

from __future__ import annotations

from datetime import time

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from sorgente.customers.access.models import AccountAccess, PortalUser
from sorgente.messages.models import Message, PushSubscription
from sorgente.messages.queries.notification_choices import notification_choices
from tests.portal.conftest import PASSWORD, link_in_mail, signed_in

PATH = "/area/avvisi/"
SUBSCRIPTION = {"endpoint": "https://push.example.com/abc", "keys": {"p256dh": "BPx", "auth": "YWJj"}}


@pytest.fixture
def guest(enter):
    return enter(0)


def post(guest, told, method="post"):
    return getattr(guest.client, method)(f"{PATH}dispositivi/", told, content_type="application/json")


def choices(guest):
    return notification_choices(guest.party_id, on=localdate())


def test_a_form_keeps_every_switch_and_the_quiet_hours(guest):
    given = {"reading.push": "on", "reading.sms": "on", "quiet_from": "22:30", "quiet_until": "07:00"}
    assert guest.client.post(f"{PATH}{guest.party_id}/", given).status_code == 302
    kept = choices(guest)
    assert dict(kept.topics[0].wanted) == {"push": True, "email": False, "sms": True}
    assert {one.topic for one in kept.topics if any(wanted for _, wanted in one.wanted)} == {"reading"}
    assert (kept.quiet_from, kept.quiet_until) == (time(22, 30), time(7))
    told = guest.client.get(PATH).content.decode()
    assert 'name="reading.sms" checked' in told
    assert 'name="bill.push" checked' not in told
    guest.client.post(f"{PATH}{guest.party_id}/", {**given, "quiet_from": "mai"})
    assert choices(guest).quiet_from == time(22, 30), "what is no hour changes nothing"


def test_a_browser_is_taken_up_tried_and_let_go(guest):
    assert set(guest.client.get(f"{PATH}dispositivi/").json()) == {"key", "token"}
    device = post(guest, {"subscription": SUBSCRIPTION, "test": True}).json()["id"]
    sent = Message.objects.get(channel="push")
    assert (sent.recipient, sent.subject_line, sent.link) == (str(device), "Gli avvisi funzionano", PATH)
    assert "Fatti avvisare" not in guest.client.get(f"/area/conti/{guest.account}/").content.decode()
    assert post(guest, {"endpoint": SUBSCRIPTION["endpoint"]}, "delete").json() == {"dropped": True}
    assert choices(guest).devices == ()


def test_a_browser_that_changes_its_address_leaves_the_old_one(guest):
    post(guest, {"subscription": SUBSCRIPTION})
    fresh = {**SUBSCRIPTION, "endpoint": "https://push.example.com/def"}
    post(guest, {"subscription": fresh, "before": SUBSCRIPTION["endpoint"]})
    assert len(choices(guest).devices) == 1


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("x", 400),
        ({}, 400),
        ({"subscription": {"endpoint": "https://push.example.com/abc"}}, 422),
        ({"subscription": {**SUBSCRIPTION, "endpoint": "http://push.example.com/abc"}}, 422),
        ({"subscription": {**SUBSCRIPTION, "endpoint": "https://127.0.0.1/abc"}}, 422),
        ({"subscription": {**SUBSCRIPTION, "endpoint": "https://localhost/abc"}}, 422),
        ({"subscription": {**SUBSCRIPTION, "endpoint": "https://[::1]/abc"}}, 422),
    ],
)
def test_what_is_no_browser_is_refused_in_words(guest, settings, told, status):
    settings.DEMO = False
    answer = post(guest, told)
    assert answer.status_code == status
    assert answer.json()["told"]
    assert choices(guest).devices == ()


def test_a_trial_is_not_repeated_for_ever(guest):
    codes = [post(guest, {"subscription": SUBSCRIPTION, "test": True}).status_code for _ in range(11)]
    assert codes == [200] * 10 + [422]


def test_nobody_lets_go_of_anothers_device(guest, enter):
    device = post(guest, {"subscription": SUBSCRIPTION}).json()["id"]
    other = enter(1)
    assert other.client.post(f"{PATH}dispositivi/{device}/togli/").status_code == 404
    assert post(other, {"endpoint": SUBSCRIPTION["endpoint"]}, "delete").json() == {"dropped": False}
    assert len(choices(guest).devices) == 1
    guest.client.post(f"{PATH}dispositivi/{device}/togli/")
    assert choices(guest).devices == ()


def test_a_delegate_who_is_no_customer_takes_up_a_device(guest):
    """They are told of what they look after, on their own device; without any supply there is nothing to tell."""
    invited = {"email": "figlia@posta.example", "rights": "see"}
    guest.client.post(f"/area/conti/{guest.account}/deleghe/", invited)
    link = link_in_mail()
    Client().post(link, {"first_name": "Figlia", "surname": "Rossi", "password": PASSWORD})
    login = PortalUser.objects.get(email="figlia@posta.example")
    client = signed_in(login.user_id)
    page = client.get(PATH).content.decode()
    assert "forniture che segui per conto di" in page
    assert 'id="push"' in page
    answer = client.post(f"{PATH}dispositivi/", {"subscription": SUBSCRIPTION}, content_type="application/json")
    kept = PushSubscription.objects.get(pk=answer.json()["id"])
    assert (kept.party_id, kept.user_id) == (None, login.user_id)
    AccountAccess.objects.update(revoked_at=timezone.now())
    answer = client.post(f"{PATH}dispositivi/", {"subscription": SUBSCRIPTION}, content_type="application/json")
    assert answer.status_code == 409
    assert "Non segui nessuna fornitura" in answer.json()["told"]
