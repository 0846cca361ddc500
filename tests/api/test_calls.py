"""The switchboard's webhook: signed, fresh, told twice, told wrongly."""

from __future__ import annotations

import time
from datetime import datetime

import orjson
import pytest

from sorgente.interfaces.api.signed_requests import HOLDS_SECONDS, sign
from sorgente.tickets.appointments.queries.counter import calls_since

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-switchboard"
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00Z")


@pytest.fixture(autouse=True)
def switchboard(settings):
    settings.SWITCHBOARD_SECRET = SECRET


def tell(client, told, *, secret=SECRET, age=0, body=None):
    sent = orjson.dumps(told)
    sent_at = str(int(time.time()) - age)
    headers = {"X-Sorgente-Time": sent_at, "X-Sorgente-Signature": sign(sent, sent_at=sent_at, secret=secret)}
    return client.post("/api/calls/", body or sent, content_type="application/json", headers=headers)


def test_a_signed_call_is_kept_once(client):
    first = tell(client, {"reference": "pbx-7", "caller": "0733 123456"})
    again = tell(client, {"reference": "pbx-7", "caller": "0733 123456", "answered_at": "2026-04-20T10:00:00"})
    assert (first.status_code, again.json()) == (200, first.json())
    (call,) = calls_since(LONG_AGO)
    assert call.caller == "+390733123456"
    assert call.answered_at.isoformat() == "2026-04-20T08:00:00+00:00"


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"age": HOLDS_SECONDS + 5}, {"age": -HOLDS_SECONDS - 5},
                                   {"body": b'{"reference":"pbx-8"}'}])  # fmt: skip
def test_an_unsigned_old_or_altered_call_is_refused(client, wrong):
    assert tell(client, {"reference": "pbx-7"}, **wrong).status_code == 401
    assert calls_since(LONG_AGO) == []


def test_without_a_secret_nothing_is_accepted(client, settings):
    settings.SWITCHBOARD_SECRET = ""
    assert tell(client, {"reference": "pbx-7"}, secret="").status_code == 401


def test_a_call_without_a_name_says_what_is_missing(client):
    answer = tell(client, {"caller": "x"})
    assert answer.status_code == 422
    assert "reference" in answer.content.decode()


def test_the_description_names_the_address(client):
    assert "/api/calls/" in client.get("/api/openapi.json").json()["paths"]
