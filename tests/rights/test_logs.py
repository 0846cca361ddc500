"""Nothing of a person in the logs: planted values go through pages, mails, codes and failures while all is logged."""

from __future__ import annotations

import io
import logging
import logging.config
import re
import sys
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone
from django.views.debug import ExceptionReporter

from sorgente.config.logs import NothingTypedFilter, PrivateFormatter, without_persons
from tests.rights.two_customers import ENDPOINT, PASSWORD, PLANTED

pytestmark = pytest.mark.django_db
NOISY = ("sorgente", "django", "uvicorn", "procrastinate", "allauth", "pywebpush", "urllib3", "pyhanko")


@pytest.fixture
def log(caplog):
    """Everything of level DEBUG, formatted as the settings say."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PrivateFormatter(django_settings.LOGGING["formatters"]["plain"]["format"]))
    before = [(logging.getLogger(name), logging.getLogger(name).level) for name in ("", *NOISY)]
    for one, _level in before:
        one.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # statements are logged in DEBUG alone
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    for one, level in before:
        one.setLevel(level)


def holds(log: io.StringIO, *more: str) -> list[str]:
    text = log.getvalue()
    planted = [*PLANTED.all(), PASSWORD, ENDPOINT, *more]
    # Also as the parts of a name, and as an address carries them.
    planted += ["Piantatelli", "Zenobia", PLANTED.email.replace("@", "%40"), PLANTED.iban[-10:]]
    return [word for word in planted if word and word.lower() in text.lower()]


def test_the_settings_use_the_formatter_everywhere():
    kinds = {one["()"] for one in django_settings.LOGGING["formatters"].values()}
    assert kinds == {"sorgente.config.logs.PrivateFormatter"}
    assert all(one["formatter"] in django_settings.LOGGING["formatters"]
               for one in django_settings.LOGGING["handlers"].values())  # fmt: skip
    for name in ("django", "django.server", "django.request", "uvicorn", "uvicorn.access", "procrastinate"):
        one = logging.getLogger(name)
        assert one.handlers == [], name
        assert one.propagate, name
    assert django_settings.DEFAULT_EXCEPTION_REPORTER_FILTER == "sorgente.config.logs.NothingTypedFilter"
    assert not django_settings.DEBUG


def test_pages_and_wrong_forms(log, streets, callers):
    victim, clerk = callers.victim, callers.roles["admin"]  # type: ignore[index]
    for address in ("/area/", "/area/profilo/", f"/area/conti/{streets.victim.account}/"):
        assert victim.get(address, follow=True).status_code == 200
    assert clerk.get(f"/search/?q={PLANTED.name}").status_code in (200, 302)
    assert clerk.get(f"/customers/?q={PLANTED.email}").status_code == 200
    clerk.post(f"/accounts/{streets.victim.account}/mandate/",
               {"iban": PLANTED.iban[:-1] + "9", "iban_holder": PLANTED.name,
                "iban_holder_tax_code": PLANTED.tax_code, "signed_on": "2026-03-01"})  # fmt: skip
    victim.post(f"/area/conti/{streets.victim.account}/richieste/nuova/", {"kind": "complaint", "body": PLANTED.body})
    victim.get("/area/bollette/2099/SII/0000001/")  # 404
    Client().post("/area/entra/", {"email": PLANTED.email, "password": PASSWORD + "!"})
    Client(enforce_csrf_checks=True).post("/area/entra/", {"email": PLANTED.email, "password": PASSWORD})
    Client().get(f"/firma/{streets.victim.ids['link_token']}x/")
    Client().get(f"/appuntamenti/{streets.victim.ids['appointment_token']}x/")
    Client().get("/area/invito/segreto-piantato/")
    assert "Not Found" in log.getvalue()  # else nothing was listened to
    ids = streets.victim.ids
    assert holds(log, ids["link_token"], ids["appointment_token"], "segreto-piantato") == []


def test_codes_and_mails(log, streets):
    from sorgente.archive.signing.core.values import Channel
    from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code
    from sorgente.journeys.signing import CodeNotSent, send_code
    from sorgente.journeys.tickets import handle_incoming

    now, envelope = timezone.now(), streets.victim.ids["link_envelope"]
    code = issue_activation_code(account_number=streets.victim.account, at=now)
    client = Client()
    client.post("/area/attiva/", {"account": streets.victim.account, "code": code,
                                  "tax_code_end": PLANTED.tax_code[-4:]})  # fmt: skip
    link = f"/firma/{streets.victim.ids['link_token']}"
    for page, act in (("/", "/letto/"), ("/", "/punti/contract/firma/"), ("/", "/codice/")):
        assert client.get(link + page).status_code == 200
        assert client.post(link + act, {"channel": "email"}).status_code == 302
    sent = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    client.post(f"{link}/conferma/", {"code": "000000"})
    for raw in (
        f"From: {PLANTED.name} <{PLANTED.email}>\r\nSubject: {PLANTED.body}\r\n\r\n{PLANTED.iban}".encode(),
        b"\xff\xfe\x00" + PLANTED.name.encode() * 50,
        f"Content-Type: multipart/mixed; boundary=x\r\nFrom: {PLANTED.email}\r\n\r\n--x\r\nContent-Transfer-Encoding:"
        f" base64\r\n\r\n!!{PLANTED.body}".encode(),
    ):
        handle_incoming(raw=raw, at=now)
    away = override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_PORT=1)
    with away, pytest.raises(CodeNotSent):
        send_code(envelope_id=envelope, channel=Channel.EMAIL, at=now)
    assert sent is not None
    assert holds(log, code, sent.group(), streets.victim.ids["link_token"]) == []


def test_a_defect_anywhere(log, streets, callers, monkeypatch):
    """A page that fails (500), a mail that makes the intake stumble, a push service that is not there."""
    from sorgente.interfaces.portal.views import profile
    from sorgente.tickets.usecases import fetch_mailbox

    def stumbles(*_given, **_named):
        raise ValueError(f"{PLANTED.name} {PLANTED.iban}")

    monkeypatch.setattr(profile, "add_contact_point", stumbles)
    client = Client(raise_request_exception=False)
    client.cookies = callers.victim.cookies
    answer = client.post(f"/area/profilo/{streets.victim.party_id}/contatti/",
                         {"kind": "mobile", "value": PLANTED.mobile})  # fmt: skip
    assert answer.status_code == 500
    assert PLANTED.name not in answer.content.decode()
    raw = f"From: {PLANTED.email}\r\n\r\n{PLANTED.body}".encode()
    got = fetch_mailbox._received(stumbles, raw, timezone.now(), "imaps://casella.example/INBOX")
    assert got.outcome != "ticket"
    assert "ValueError" in log.getvalue()
    assert holds(log) == []


def test_the_database_quotes_rows_and_the_log_does_not(log):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE planted (word text PRIMARY KEY)")
        with pytest.raises(IntegrityError, match=PLANTED.name) as caught, transaction.atomic():
            cursor.executemany("INSERT INTO planted VALUES (%s)", [[PLANTED.name]] * 2)
    logging.getLogger("sorgente").error("stopped", exc_info=caught.value)
    assert "planted_pkey" in log.getvalue()
    assert holds(log) == []


def test_push_and_sms_that_do_not_answer(log, streets, settings):
    from sorgente.messages.usecases.deliver_messages import deliver_messages
    from sorgente.messages.usecases.queue_message import queue_message

    settings.SMS_GATEWAY = "http://127.0.0.1:1/send"
    for channel, to in (("push", str(streets.victim.ids["device"])), ("sms", PLANTED.mobile), ("email", PLANTED.email)):
        queue_message(
            key=f"planted-{channel}", channel=channel, recipient=to, subject_line=PLANTED.name, body=PLANTED.body,
            about=f"party:{streets.victim.party_id}", queued_at=timezone.now(),
        )  # fmt: skip
    from sorgente.messages.models import PushSubscription

    planted = PushSubscription.objects.filter(pk=streets.victim.ids["device"])
    assert planted.update(endpoint="http://127.0.0.1:1/zenobia-piantata-endpoint") == 1
    deliver_messages(as_of=timezone.now())
    assert holds(log, "zenobia-piantata-endpoint", "tBHItJI5svbpez7KI4CCXg") == []


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('127.0.0.1:1 - "GET /search/?q=Rossi HTTP/1.1" 200', '127.0.0.1:1 - "GET /search/?… HTTP/1.1" 200'),
        ("Not Found: /firma/abc-DEF_1/pagine/1.png", "Not Found: /firma/…/pagine/1.png"),
        ("Not Found: /firma/tablet/12/letto/", "Not Found: /firma/tablet/12/letto/"),
        ("Gone: /area/invito/s3cret/", "Gone: /area/invito/…/"),
        ("Gone: /area/password/MQ/abc-123/", "Gone: /area/password/…/"),
        ("/appuntamenti/IkEx:1v:x_y/sposta/", "/appuntamenti/…/sposta/"),
        ("/appuntamenti/nuovo/contratti/centro/", "/appuntamenti/nuovo/contratti/centro/"),
        ("to a.b+c@posta.example: no", "to …: no"),
        ("imaps://anna:segreta@posta.example/INBOX", "imaps://…@posta.example/INBOX"),
        ("IBAN IT60X0542811101000000123456 is", "IBAN … is"),
        ("tax code RSSMRA80A01H501U.", "tax code …."),
        ("call +39 339 123 4567", "call …"),
        ("bill 2026/SII/0000001 of run 2026-03-01", "bill 2026/SII/0000001 of run 2026-03-01"),
        ("/area/conti/1000001/ took 12 ms", "/area/conti/1000001/ took 12 ms"),
    ],
)
def test_lines(line, kept):
    assert without_persons(line) == kept


def test_the_access_log_of_the_server():
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, __file__, 1, '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:5", "GET", f"/customers/?q={quote(PLANTED.name)}", "1.1", 200), None,
    )  # fmt: skip
    assert PrivateFormatter("%(message)s").format(record) == '127.0.0.1:5 - "GET /customers/?… HTTP/1.1" 200'


def test_reports_of_errors_hold_nothing_typed():
    request: HttpRequest = RequestFactory().post(f"/area/entra/?next={PLANTED.name}", {"password": PASSWORD})
    cookie = "-".join(("cookie", "piantato"))  # so that the line of this test does not hold it
    request.COOKIES["sessionid"] = cookie
    request.user = SimpleNamespace(pk=1)  # type: ignore[assignment]
    request.exception_reporter_filter = NothingTypedFilter()  # type: ignore[attr-defined]
    try:
        password = PASSWORD
        raise ValueError(len(password))
    except ValueError:
        report = ExceptionReporter(request, *sys.exc_info())
    text = str({key: value for key, value in report.get_traceback_data().items() if key != "settings"})
    frames = str(report.get_traceback_data()["frames"])
    assert cookie not in text
    assert f"'{PASSWORD}'" not in frames
    assert NothingTypedFilter().get_post_parameters(request) == {"password": "********************"}
    assert NothingTypedFilter().get_safe_cookies(request) == {"sessionid": "********************"}
    assert "QUERY_STRING" not in NothingTypedFilter().get_safe_request_meta(request)
