"""Messages: queued once by key, sent once, and each in a final state."""

from __future__ import annotations

import email
import smtplib
from datetime import UTC, datetime, timedelta
from email.policy import default as modern
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from sorgente.archive.usecases.store_document import store_document
from sorgente.messages.core.text import MessageDiffers, MessageIncomplete, NewMessage
from sorgente.messages.queries import messages as queries
from sorgente.messages.usecases import deliver_messages as delivery
from sorgente.messages.usecases.cancel_message import MessageAlreadyEnded, UnknownMessage, cancel_message
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.messages.usecases.queue_message import queue_message, queue_messages
from sorgente.shared.identifiers import InvalidEmail

AT = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path) -> Path:
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    settings.EMAIL_BACKEND = "sorgente.messages.adapters.outbox_backend.EmailBackend"
    return tmp_path / "outbox"


def bill_pdf(name: str = "2026/SII/0000123"):
    return store_document(
        content=b"%PDF-" + name.encode(),
        title=f"Bolletta {name}",
        kind="bill",
        media_type="application/pdf",
        subject=f"bill:{name}",
        stored_at=AT,
    )


def words(**changes) -> dict:
    return {
        "key": "bill:2026/SII/0000123:issued",
        "channel": "email",
        "recipient": "Anna.Bianchi@posta.example",
        "subject_line": "La tua bolletta è pronta",
        "body": "Gentile Anna, in allegato la bolletta di 41,20 €.",
        "about": "bill:2026/SII/0000123",
        "contract_account_number": "100000001",
        **changes,
    }


def many(count: int, **changes) -> list[NewMessage]:
    return [NewMessage(**words(key=f"bill:{i}:issued", **changes)) for i in range(count)]


def test_a_bill_leaves_with_its_pdf_as_one_mail_file(outbox):
    document = bill_pdf()
    queue_message(**words(document_id=document.pk), queued_at=AT)
    assert deliver_messages(as_of=AT) == delivery.Delivered(sent=1, failed=0, waiting=0)
    (file,) = (outbox / "email" / "2026-03-12").iterdir()
    read = email.message_from_bytes(file.read_bytes(), policy=modern)
    assert read["To"] == "anna.bianchi@posta.example"
    assert read["Subject"] == "La tua bolletta è pronta"
    assert read["Message-ID"].startswith("<" + file.stem)
    assert "41,20 €" in read.get_body().get_content()
    (attached,) = read.iter_attachments()
    assert attached.get_filename() == "Bolletta-2026-SII-0000123.pdf"
    assert attached.get_content() == b"%PDF-2026/SII/0000123"
    (facts,) = queries.messages_of_account("100000001")
    assert (facts.state_label, facts.ended_at, facts.document_id) == ("Inviato", AT, document.pk)


def test_nothing_is_sent_twice(outbox):
    first = queue_message(**words(), queued_at=AT)
    assert queue_message(**words(), queued_at=AT + timedelta(days=1)) == first
    deliver_messages(as_of=AT)
    assert queue_message(**words(), queued_at=AT) == first
    assert deliver_messages(as_of=AT + timedelta(days=1)).sent == 0
    assert len(list(outbox.rglob("*.eml"))) == 1


@pytest.mark.parametrize(
    ("field", "value"), [("recipient", "altra@posta.example"), ("body", "altro"), ("subject_line", "Altro oggetto")]
)
def test_the_same_key_with_other_content_is_refused_by_the_field(field, value):
    queue_message(**words(), queued_at=AT)
    with pytest.raises(MessageDiffers, match=f"another {field}: "):
        queue_message(**words(**{field: value}), queued_at=AT)


def test_a_batch_keeps_the_good_ones_and_names_the_others():
    queue_message(**words(key="bill:1:issued"), queued_at=AT)
    batch = [
        *many(3),
        NewMessage(**words(key="bill:x:issued", recipient="nobody")),
        NewMessage(**words(key="bill:0:issued")),
        NewMessage(**words(key="bill:2:issued", body="different")),
        NewMessage(**words(key="", subject_line=" ")),
        NewMessage(**words(key="bill:y:issued", channel="pigeon")),
        NewMessage(**words(key="bill:z:issued", subject_line="x" * 201)),
    ]
    result = queue_messages(batch, queued_at=AT)
    assert (result.queued, result.known) == (2, 2)
    assert [(message.key, type(error)) for message, error in result.refused] == [
        ("bill:x:issued", InvalidEmail),
        ("", MessageIncomplete),
        ("bill:y:issued", MessageIncomplete),
        ("bill:z:issued", MessageIncomplete),
        ("bill:2:issued", MessageDiffers),
    ]
    assert result.queued + result.known + len(result.refused) == len(batch)


def test_a_letter_waits_for_the_printer_as_a_file(outbox):
    document = bill_pdf()
    address = "Anna Bianchi, Via Roma 1, 60901 Valdoro (AN)"
    queue_message(**words(channel="post", recipient=address, document_id=document.pk), queued_at=AT)
    assert deliver_messages(as_of=AT).sent == 1
    folder = outbox / "letters" / "2026-03-12"
    assert sorted(file.name for file in folder.iterdir()) == [
        "bill-2026-SII-0000123-issued.pdf",
        "bill-2026-SII-0000123-issued.txt",
    ]
    assert (folder / "bill-2026-SII-0000123-issued.txt").read_text().startswith(address)


def test_in_the_area_it_is_there_at_once(outbox):
    queue_message(**words(channel="portal", recipient="100000001"), queued_at=AT)
    assert deliver_messages(as_of=AT).sent == 1
    assert list(outbox.rglob("*")) == []


def test_a_message_without_its_attachment_fails_and_the_others_leave(settings):
    document = bill_pdf()
    (file,) = [path for path in settings.ARCHIVE_DIR.rglob("*") if path.is_file()]
    file.unlink()
    queue_message(**words(document_id=document.pk), queued_at=AT)
    queue_messages(many(2), queued_at=AT)
    assert deliver_messages(as_of=AT) == delivery.Delivered(sent=2, failed=1, waiting=0)
    (failed,) = queries.failed_messages(AT)
    assert "is not there" in failed.problem
    assert queries.messages_by_state() == {"queued": 0, "sent": 2, "failed": 1, "cancelled": 0}


class Refusing(BaseEmailBackend):
    """A mail server that refuses, or is not there."""

    problem: Exception = OSError("connection refused")

    def send_messages(self, email_messages):
        raise self.problem


@pytest.mark.parametrize(
    "problem",
    [
        smtplib.SMTPRecipientsRefused({"anna.bianchi@posta.example": (550, b"no such user")}),
        smtplib.SMTPDataError(554, b"no such user"),
    ],
)
def test_a_refusal_for_good_ends_the_message(monkeypatch, problem):
    monkeypatch.setattr("django.core.mail.import_string", lambda _: Refusing)
    monkeypatch.setattr(Refusing, "problem", problem)
    queue_message(**words(), queued_at=AT)
    assert deliver_messages(as_of=AT).failed == 1
    (failed,) = queries.failed_messages(AT)
    assert "no such user" in failed.problem
    assert "Correct the address" in failed.problem


@pytest.mark.parametrize("problem", [OSError("connection refused"), smtplib.SMTPDataError(451, b"try later")])
def test_a_channel_that_is_down_is_tried_again_and_gives_up_in_the_end(monkeypatch, problem):
    monkeypatch.setattr("django.core.mail.import_string", lambda _: Refusing)
    monkeypatch.setattr(Refusing, "problem", problem)
    queue_message(**words(), queued_at=AT)
    for day in range(delivery.ATTEMPTS - 1):
        assert deliver_messages(as_of=AT + timedelta(days=day)) == delivery.Delivered(0, 0, 1)
    assert [one.state for one in queries.unended_messages(AT + timedelta(days=1))] == ["queued"]
    assert deliver_messages(as_of=AT).failed == 1
    assert queries.unended_messages(AT + timedelta(days=1)) == []


def test_it_recovers_when_the_channel_is_back(monkeypatch, outbox):
    with monkeypatch.context() as down:
        down.setattr("django.core.mail.import_string", lambda _: Refusing)
        queue_message(**words(), queued_at=AT)
        assert deliver_messages(as_of=AT).waiting == 1
    assert deliver_messages(as_of=AT).sent == 1
    (facts,) = queries.messages_about("bill:2026/SII/0000123")
    assert facts.problem == ""


def test_a_limit_and_chunks_leave_the_rest_in_order(monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(delivery, "_CHUNK", 2)
    queue_messages(many(7), queued_at=AT)
    steps: list[int] = []
    assert deliver_messages(as_of=AT, limit=3, on_progress=steps.append).sent == 3
    assert deliver_messages(as_of=AT, on_progress=steps.append).sent == 4
    assert steps == [2, 1, 2, 2]
    assert len(mail.outbox) == 7
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 7


def test_a_message_is_withdrawn_only_before_it_leaves():
    queue_message(**words(), queued_at=AT)
    cancel_message(key=words()["key"], reason="Bill corrected", as_of=AT)
    assert deliver_messages(as_of=AT).sent == 0
    (facts,) = queries.messages_about("bill:2026/SII/0000123")
    assert (facts.state, facts.problem) == ("cancelled", "Bill corrected")
    with pytest.raises(MessageAlreadyEnded, match="It ended as cancelled on 2026-03-12"):
        cancel_message(key=words()["key"], reason="again", as_of=AT)
    with pytest.raises(UnknownMessage):
        cancel_message(key="nothing", reason="", as_of=AT)


def test_a_subject_cannot_smuggle_a_header(outbox):
    queue_message(**words(subject_line="Ciao\nBcc: tutti@posta.example"), queued_at=AT)
    deliver_messages(as_of=AT)
    (file,) = outbox.rglob("*.eml")
    read = email.message_from_bytes(file.read_bytes(), policy=modern)
    assert read["Bcc"] is None
    assert read["Subject"] == "Ciao Bcc: tutti@posta.example"


@pytest.mark.parametrize("size", [1, 56, 57, 58, 100_000])
def test_an_attachment_of_any_size_is_written_as_the_mail_generator_writes_it(outbox, size):
    content = bytes(i % 251 for i in range(size))
    document = store_document(
        content=content, title="Allegato", kind="other", media_type="application/pdf", subject="x:1", stored_at=AT
    )
    queue_message(**words(document_id=document.pk), queued_at=AT)
    deliver_messages(as_of=AT)
    (file,) = outbox.rglob("*.eml")
    read = email.message_from_bytes(file.read_bytes(), policy=modern)
    (attached,) = read.iter_attachments()
    assert attached.get_content() == content
    assert max(len(line) for line in file.read_bytes().splitlines()) <= 200


def test_a_text_attachment_stays_text(outbox):
    document = store_document(
        content="città\n".encode(), title="Nota", kind="other", media_type="text/plain", subject="x:1", stored_at=AT
    )
    queue_message(**words(document_id=document.pk), queued_at=AT)
    deliver_messages(as_of=AT)
    (file,) = outbox.rglob("*.eml")
    (attached,) = email.message_from_bytes(file.read_bytes(), policy=modern).iter_attachments()
    assert attached.get_content() == "città\n"
    assert attached.get_filename() == "Nota.txt"


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_queue_and_nobody_gets_a_message_twice(monkeypatch, outbox):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    monkeypatch.setattr(delivery, "_CHUNK", 3)
    queue_messages(many(40), queued_at=AT)

    def work(_: int) -> int:
        try:
            return deliver_messages(as_of=AT).sent
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        sent = list(workers.map(work, range(2)))
    assert sum(sent) == 40
    assert queries.messages_by_state() == {"queued": 0, "sent": 40, "failed": 0, "cancelled": 0}
    assert len(list(outbox.rglob("*.eml"))) == 40


def test_an_answer_names_the_mail_it_answers(outbox):
    headers = {"In-Reply-To": "<a@b.example>", "Auto-Submitted": "no"}
    queue_message(**words(key="ticket:T1:1", headers=headers), queued_at=AT)
    deliver_messages(as_of=AT)
    (file,) = outbox.rglob("*.eml")
    sent = email.message_from_bytes(file.read_bytes(), policy=modern)
    assert (sent["In-Reply-To"], sent["Auto-Submitted"]) == ("<a@b.example>", "no")
    assert sent["Message-ID"] == queries.message_id_of("ticket:T1:1")


@pytest.mark.parametrize("headers", [{"Bcc": "x@y.example"}, {"References": "<a@b>\nBcc: x@y.example"}])
def test_a_header_of_its_own_making_is_refused(headers):
    with pytest.raises(MessageIncomplete):
        queue_message(**words(headers=headers), queued_at=AT)
