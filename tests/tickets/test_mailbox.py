"""Real IMAP and real SMTP on loopback: mails come in once, answers go out into their conversation."""

from __future__ import annotations

import email
import socket
import threading
from email.policy import default as modern

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from sorgente.journeys.tickets import answer_ticket, handle_incoming
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.shared.errors import WrongUse
from sorgente.tickets.adapters.imap import Address, MailboxDown, MailboxRefused, address_of
from sorgente.tickets.models import IncomingMail, Mailbox, Ticket
from sorgente.tickets.queries.inbox import mailbox_problems, parked_mails
from sorgente.tickets.queries.tickets import conversation
from sorgente.tickets.usecases import fetch_mailbox as fetching
from sorgente.tickets.usecases.fetch_mailbox import fetch_mailbox
from tests.tickets.conftest import AT, mail_of
from tests.tickets.imap_server import count, free_port, imap_server, put

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def _server():
    with imap_server() as address:
        yield address


@pytest.fixture
def mailbox(_server) -> Address:
    """The mailbox, empty."""
    from tests.tickets.imap_server import signed_in

    with signed_in(_server) as connection:
        for folder in ("INBOX", "Sorgente"):
            if connection.select(folder)[0] == "OK":
                connection.store("1:*", "+FLAGS", r"(\Deleted)")
                connection.expunge()
    return _server


def fetch(address: Address, **changes):
    return fetch_mailbox(address=address, at=AT, receive=handle_incoming, **changes)


class Post:
    """An SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (the name aiosmtpd calls)
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def post(settings):
    kept = Post()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield kept
    controller.stop()


def test_from_the_mailbox_to_the_answer_and_back(mailbox, post):
    put(mailbox, bytes(mail_of("Vorrei sapere quanto costa la voltura e che documenti servono?", subject="Voltura")))
    visit = fetch(mailbox)
    assert visit.outcomes == {"ticket": 1}
    assert (count(mailbox, "INBOX"), count(mailbox, "Sorgente")) == (0, 1)
    number = Ticket.objects.get().number

    answer_ticket(number=number, body="Costa 30 euro.", author="anna", at=AT)
    assert deliver_messages(as_of=AT).sent == 2  # the receipt and the answer
    receipt, answer = (email.message_from_bytes(one, policy=modern) for one in post.mails)
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "conferma automatica" in receipt.get_content()
    assert (answer["In-Reply-To"], answer["Auto-Submitted"]) == ("<a1@posta.example>", "no")
    assert number in answer["Subject"]

    # The customer's program answers the answer: by its id, to the address it was told.
    put(mailbox, bytes(mail_of("Va bene, procedete.", subject="Ho deciso", to=answer["Reply-To"], mail_id="<a2@p.it>",
                               In_Reply_To=answer["Message-ID"])))  # fmt: skip
    assert fetch(mailbox).outcomes == {"follow_up": 1}
    assert [one.direction for one in conversation(number)] == ["in", "out", "out", "in"]
    assert Ticket.objects.get().state == "assigned"


def test_the_same_mail_put_back_changes_nothing(mailbox):
    raw = bytes(mail_of())
    put(mailbox, raw)
    fetch(mailbox)
    put(mailbox, b"Received: from elsewhere by here\r\n" + raw)
    assert fetch(mailbox).outcomes == {"duplicate": 1}
    assert (Ticket.objects.count(), IncomingMail.objects.get().times) == (1, 2)


def test_a_drop_between_taking_in_and_putting_away_loses_nothing(mailbox, monkeypatch):
    put(mailbox, *(bytes(mail_of(f"La lettura è {n}", mail_id=f"<m{n}@p.example>")) for n in (121, 122, 123)))
    real, calls = fetching.OpenMailbox.put_away, []

    def drops_at_the_second(self, uid, folder):
        calls.append(uid)
        if len(calls) == 2:
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        real(self, uid, folder)

    monkeypatch.setattr(fetching.OpenMailbox, "put_away", drops_at_the_second)
    with pytest.raises(MailboxDown):
        fetch(mailbox)
    assert Ticket.objects.count() == 2
    assert mailbox_problems()[0][3] == 1
    assert fetch(mailbox).outcomes == {"duplicate": 1, "ticket": 1}
    assert (Ticket.objects.count(), count(mailbox, "INBOX"), mailbox_problems()) == (3, 0, [])


def test_mailbox_down_is_said_and_counted(mailbox):
    away = Address("127.0.0.1", free_port(), "clienti", "segreta", tls=False)
    for _ in range(2):
        with pytest.raises(MailboxDown, match="cannot be reached"):
            fetch(away)
    assert Mailbox.objects.get(name=away.name).failures == 2


def test_a_wrong_password_is_not_repeated(mailbox):
    with pytest.raises(MailboxRefused, match="refused") as caught:
        fetch(Address(mailbox.host, mailbox.port, mailbox.user, "indovinata", tls=False))
    assert "indovinata" not in str(caught.value)


def test_a_mail_of_forty_megabytes_stays_where_it_is(mailbox, post, monkeypatch):
    monkeypatch.setattr(fetching, "upload_limits", lambda: {"max_mail_bytes": 20_000})
    put(mailbox, bytes(mail_of("Foto " * 8_000, subject="Le foto", mail_id="<big@p.example>")))
    assert fetch(mailbox).outcomes == {"parked": 1}
    assert fetch(mailbox).mails == 0
    assert (count(mailbox, "INBOX"), Ticket.objects.count()) == (1, 0)
    assert "troppo grande" in parked_mails()[0]["reason"]
    deliver_messages(as_of=AT)
    told = email.message_from_bytes(post.mails[0], policy=modern)
    assert told["In-Reply-To"] == "<big@p.example>"
    assert "risposta automatica" in told.get_content()


def test_a_mail_that_cannot_be_taken_in_does_not_hold_up_the_next(mailbox):
    put(
        mailbox,
        bytes(mail_of(mail_id="<bad@p.example>")),
        bytes(mail_of("La lettura è 130", mail_id="<good@p.example>")),
    )

    def stumbles(*, raw, at, mailbox):
        if b"<bad@" in raw:
            raise RuntimeError("a defect of ours")
        return handle_incoming(raw=raw, at=at, mailbox=mailbox)

    visit = fetch_mailbox(address=mailbox, at=AT, receive=stumbles)
    assert visit.outcomes == {"parked": 1, "ticket": 1}
    assert parked_mails()[0]["sha256"]


def test_the_same_mail_by_two_ways_at_once_is_one_ticket():
    raw = bytes(mail_of())
    start, got = threading.Barrier(4), []

    def take() -> None:
        from django.db import connection

        start.wait()
        with transaction.atomic():
            got.append(handle_incoming(raw=raw, at=AT).outcome)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["duplicate"] * 3 + ["ticket"]
    assert Ticket.objects.count() == 1


def test_the_address_of_a_mailbox():
    assert address_of("imaps://clienti%40valdoro.example:a%2Fb@posta.example/Arrivo") == Address(
        "posta.example", 993, "clienti@valdoro.example", "a/b", "Arrivo", True
    )
    with pytest.raises(WrongUse, match="names no mailbox"):
        address_of("posta.example")
