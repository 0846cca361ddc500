"""Notifications: what a customer chose, when their telephone may ring, and a push service that answers or has gone."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from datetime import UTC, datetime, time
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sorgente.messages.adapters.push import public_key
from sorgente.messages.core.quiet import ROME, rings_at
from sorgente.messages.models import Message, PushSubscription
from sorgente.messages.queries.notification_choices import (
    notification_choices,
    parties_with_push,
    users_with_push,
)
from sorgente.messages.usecases.choices import (
    SubscriptionMalformed,
    UnknownChoice,
    drop_push,
    register_push,
    set_choice,
    set_quiet_hours,
)
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.messages.usecases.notify import notify
from sorgente.messages.usecases.queue_message import queue_message

NOON = datetime(2026, 4, 20, 10, tzinfo=UTC)
NIGHT = datetime(2026, 4, 20, 21, 30, tzinfo=UTC)  # half past eleven in Italy
PARTY = 12


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    settings.EMAIL_BACKEND = "sorgente.messages.adapters.outbox_backend.EmailBackend"
    return tmp_path / "outbox"


class Listener:
    """A push service on loopback and the browser behind it, which alone can read what comes."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        self.status = 201
        self.heard: list[dict] = []
        self.headers: list[Any] = []
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                sealed = self.rfile.read(int(self.headers["Content-Length"]))
                if listener.status == 201:
                    clear = http_ece.decrypt(
                        sealed, private_key=listener.key, auth_secret=listener.auth, version="aes128gcm"
                    )
                    listener.heard.append(json.loads(clear))
                    listener.headers.append(self.headers)
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def subscribe(self, party_id: int = PARTY) -> int:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return register_push(
            party_id=party_id, user_id=3, endpoint=f"http://127.0.0.1:{self.server.server_port}/push/abc",
            p256dh=_base64(point), auth=_base64(self.auth), device="Telefono", at=NOON,
        )  # fmt: skip


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.fixture
def listener(db):
    made = Listener()
    yield made
    made.server.shutdown()


def tell(at=NOON, topic="reading", key="read:5", **changed):
    words = {"title": "Nuova lettura", "body": "Il 20 aprile il contatore segnava 312 m³.", "link": "/area/"}
    return notify(party_id=PARTY, topic=topic, key=key, about=key, at=at, **(words | changed))


def test_a_notification_arrives_sealed_and_once(listener):
    listener.subscribe()
    assert tell().queued == 1
    assert tell().known == 1
    assert deliver_messages(as_of=NOON).sent == 1
    (heard,) = listener.heard
    assert heard == {
        "title": "Nuova lettura", "body": "Il 20 aprile il contatore segnava 312 m³.", "url": "/area/", "tag": "read:5",
    }  # fmt: skip
    assert listener.headers[0]["Authorization"].startswith("vapid ")
    assert public_key() in listener.headers[0]["Authorization"]


def test_a_browser_that_has_gone_ends_its_subscription(listener):
    listener.subscribe()
    tell()
    listener.status = 410
    assert deliver_messages(as_of=NOON).failed == 1
    assert parties_with_push() == []
    assert tell(key="read:6").queued == 0
    listener.subscribe()
    assert parties_with_push() == [PARTY], "turning notifications on again wakes it"
    assert PushSubscription.objects.count() == 1


def test_a_notification_for_a_browser_dropped_meanwhile_fails_with_its_reason(listener):
    listener.subscribe()
    tell()
    endpoint = PushSubscription.objects.get().endpoint
    assert not drop_push(user_id=99, endpoint=endpoint, at=NOON), "somebody else's"
    assert drop_push(user_id=3, endpoint=endpoint, at=NOON)
    assert deliver_messages(as_of=NOON).failed == 1
    assert "no longer takes notifications" in Message.objects.get().problem


@pytest.mark.parametrize(("status", "state"), [(503, "queued"), (429, "queued"), (403, "failed")])
def test_a_push_service_that_is_down_is_tried_again_and_one_that_refuses_is_not(listener, status, state):
    listener.subscribe()
    tell()
    listener.status = status
    deliver_messages(as_of=NOON)
    assert Message.objects.get().state == state


def test_a_push_service_that_cannot_be_reached_is_tried_again(listener):
    listener.subscribe()
    PushSubscription.objects.update(endpoint="http://127.0.0.1:9/none")
    tell()
    assert deliver_messages(as_of=NOON).waiting == 1


def test_a_telephone_stays_silent_at_night_and_the_mail_does_not_wait(listener):
    listener.subscribe()
    tell(at=NIGHT, topic="due", key="due:1", email="anna@posta.example")
    assert deliver_messages(as_of=NIGHT).sent == 1
    assert listener.heard == []
    assert deliver_messages(as_of=datetime(2026, 4, 21, 6, 0, tzinfo=UTC)).sent == 1
    assert len(listener.heard) == 1


@pytest.mark.parametrize(
    ("clock", "quiet", "rings"),
    [
        ("12:00", ("21:00", "08:00"), "20 12:00"),
        ("21:00", ("21:00", "08:00"), "21 08:00"),
        ("03:00", ("21:00", "08:00"), "20 08:00"),
        ("08:00", ("21:00", "08:00"), "20 08:00"),
        ("14:30", ("13:00", "16:00"), "20 16:00"),
        ("14:30", ("08:00", "08:00"), "20 14:30"),
    ],
)
def test_quiet_hours(clock, quiet, rings):
    moment = datetime.combine(NOON.date(), time.fromisoformat(clock), tzinfo=ROME)
    begins, ends = map(time.fromisoformat, quiet)
    assert f"{rings_at(moment, begins_at=begins, ends_at=ends):%d %H:%M}" == rings


def test_what_a_customer_chose_holds(listener):
    listener.subscribe()
    set_choice(party_id=PARTY, topic="reading", channel="push", wanted=False, at=NOON)
    set_choice(party_id=PARTY, topic="reading", channel="sms", wanted=True, at=NOON)
    set_quiet_hours(party_id=PARTY, begins_at=time(9), ends_at=time(9))
    tell(at=NIGHT, mobile="+393331234567")
    assert list(Message.objects.values_list("channel", flat=True)) == ["sms"]
    chosen = notification_choices(PARTY, on=NOON.date())
    assert dict(chosen.topics[0].wanted) == {"push": False, "email": False, "sms": True}
    assert (chosen.quiet_from, chosen.quiet_until, len(chosen.devices)) == (time(9), time(9), 1)


def test_an_sms_leaves_as_a_file_without_a_gateway(db, outbox):
    queue_message(
        key="otp:1", channel="sms", recipient="333 1234567", subject_line="Codice", body="Il codice è in arrivo.",
        about="envelope:1", queued_at=NOON,
    )  # fmt: skip
    assert deliver_messages(as_of=NOON).sent == 1
    (file,) = (outbox / "sms").rglob("*.txt")
    assert file.read_text() == "+393331234567\n\nIl codice è in arrivo.\n"


@pytest.mark.parametrize(("status", "state"), [(200, "sent"), (400, "failed"), (500, "queued")])
def test_an_sms_through_a_gateway(db, settings, status, state):
    asked = []

    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(
                (self.headers["Authorization"], json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            )
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_GATEWAY, settings.SMS_GATEWAY_TOKEN = f"http://127.0.0.1:{server.server_port}/sms", "token"
    queue_message(key="otp:2", channel="sms", recipient="+393331234567", subject_line="x", body="Ciao", about="a",
                  queued_at=NOON)  # fmt: skip
    deliver_messages(as_of=NOON)
    server.shutdown()
    assert asked == [("Bearer token", {"to": "+393331234567", "text": "Ciao", "reference": "otp:2"})]
    assert Message.objects.get().state == state


def test_choices_and_subscriptions_that_make_no_sense_are_refused(db):
    with pytest.raises(UnknownChoice):
        set_choice(party_id=PARTY, topic="weather", channel="push", wanted=True, at=NOON)
    with pytest.raises(SubscriptionMalformed):
        register_push(party_id=PARTY, user_id=1, endpoint="javascript:x", p256dh="a", auth="b", device="", at=NOON)


DELEGATE, STRANGER = 40, 41


def device(user_id: int, *, party_id: int | None = None) -> int:
    return register_push(
        party_id=party_id, user_id=user_id, endpoint=f"https://push.example/{user_id}", p256dh="p", auth="a",
        device="Telefono", at=NOON,
    )  # fmt: skip


def pushed() -> dict[str, Message]:
    return {one.recipient: one for one in Message.objects.filter(channel="push")}


def test_a_delegate_is_told_on_their_own_device_and_in_whose_name(db):
    mine, theirs = device(3, party_id=PARTY), device(DELEGATE)
    device(STRANGER)
    assert tell(delegates=[DELEGATE], on_behalf_of="Rossi Maria").queued == 2
    assert tell(delegates=[DELEGATE], on_behalf_of="Rossi Maria").known == 2
    assert set(pushed()) == {str(mine), str(theirs)}
    assert pushed()[str(theirs)].body.startswith("Rossi Maria: Il 20 aprile")
    assert not pushed()[str(mine)].body.startswith("Rossi")


def test_a_delegate_chooses_for_themselves(db):
    """The holder wants no notices and has no quiet hours; the delegate, a customer too, wants them and sleeps."""
    theirs = device(DELEGATE, party_id=77)
    set_choice(party_id=PARTY, topic="reading", channel="push", wanted=False, at=NOON)
    set_quiet_hours(party_id=PARTY, begins_at=time(0), ends_at=time(0))
    set_quiet_hours(party_id=77, begins_at=time(9), ends_at=time(20))
    device(3, party_id=PARTY)
    assert tell(delegates=[DELEGATE]).queued == 1
    assert pushed()[str(theirs)].not_before == datetime(2026, 4, 20, 20, tzinfo=ROME)
    set_choice(party_id=77, topic="reading", channel="push", wanted=False, at=NOON)
    assert tell(key="read:6", delegates=[DELEGATE]).queued == 0


def test_who_is_both_holder_and_delegate_is_told_once(db):
    device(3, party_id=PARTY)
    assert tell(delegates=[3]).queued == 1


def test_an_email_may_say_more(db):
    tell(topic="appointment", email="maria@posta.example", email_body="Porti con sé la bolletta.")
    assert Message.objects.get(channel="email").body == "Porti con sé la bolletta."


def test_a_device_of_no_customer_is_nobodys_as_a_party(db):
    device(DELEGATE)
    assert (parties_with_push(), users_with_push()) == ([], [DELEGATE])
