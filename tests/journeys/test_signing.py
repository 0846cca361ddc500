"""The journey of a signature: what is kept, what is sent, and that nothing happens twice."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from sorgente.archive.papers import render_paper
from sorgente.archive.queries.documents import document_of, documents_of
from sorgente.archive.signing.core.values import Channel, EnvelopeState, Method, SignatureKind, Signer, Source
from sorgente.archive.signing.queries.contacts import contacts_of
from sorgente.archive.signing.queries.envelopes import UnknownEnvelope, envelope, envelope_by_token
from sorgente.archive.signing.queries.events import events
from sorgente.archive.signing.usecases.end_envelope import EnvelopeEnded
from sorgente.archive.signing.usecases.open_envelope import NotEnrolled
from sorgente.archive.signing.usecases.read_envelope import record_read_to_end, record_shown
from sorgente.archive.signing.usecases.sign_field import refuse_field, sign_field
from sorgente.archive.signing.usecases.signing_codes import confirm_otp
from sorgente.journeys import signing
from sorgente.messages.models import Message
from tests.papers.specimens import SPECIMENS

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ON = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path) -> None:
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.SITE_ADDRESS = "https://clienti.valdoro.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


def signer(**changes: str) -> Signer:
    facts = {
        "name": "Giulia Bianchi", "tax_code": "BNCGLI85C52A271X", "party_reference": "party:12",
        "identity": "carta d'identità CA01234AB", "email": "giulia.bianchi@posta.example",
    }  # fmt: skip
    return Signer(**{**facts, **changes})


def start(
    method: Method = Method.OTP, *, kind: SignatureKind = SignatureKind.SIMPLE, name: str = "termination", **who: str
):
    template, values = SPECIMENS[name]
    return signing.start_signing(
        paper=render_paper(template=template, values=values, on=ON),
        signer=signer(**who),
        method=method,
        subjects=["contract:C2011-003318"],
        opened_by="anna",
        at=AT,
        signature_kind=kind,
    )


def read_and_choose(envelope_id: int) -> None:
    record_shown(envelope_id=envelope_id, at=AT)
    record_read_to_end(envelope_id=envelope_id, at=AT)
    for field in envelope(envelope_id).fields:
        if field.required:
            sign_field(envelope_id=envelope_id, key=field.key, at=AT)
        else:
            refuse_field(envelope_id=envelope_id, key=field.key, at=AT)


def link_of(envelope_id: int) -> str:
    body = Message.objects.get(key=f"envelope:{envelope_id}:link").body
    return re.search(r"https://clienti\.valdoro\.example/firma/(\S+)/", body)[1]  # type: ignore[index]


def test_paper_at_a_distance_from_the_link_to_the_copy():
    view = start()
    assert view.state is EnvelopeState.OPEN
    kept = document_of(view.document_id)
    assert (kept.metadata["template"], kept.metadata["template_version"]) == ("termination", "1")
    assert kept.title.endswith("(da firmare)")
    assert envelope_by_token(link_of(view.id)).id == view.id
    read_and_choose(view.id)
    made = signing.send_code(envelope_id=view.id, channel=Channel.EMAIL, at=AT)
    sent = mail.outbox[-1]
    assert sent.to == ["giulia.bianchi@posta.example"]
    code = re.search(r"\b\d{6}\b", sent.body)[0]  # type: ignore[index]
    assert code in made.body
    assert not Message.objects.filter(body__contains=code).exists()  # nobody at the desk reads a code in the queue
    delivered = [one for one in events(view.id) if one.kind == "code_delivered"]
    assert delivered[0].facts["receipt"] == sent.extra_headers["Message-ID"]
    assert confirm_otp(envelope_id=view.id, code=code, at=AT, source=Source()).accepted

    sealed = signing.finish_signing(envelope_id=view.id, at=AT)
    assert signing.finish_signing(envelope_id=view.id, at=AT + timedelta(hours=1)) == sealed
    copy = Message.objects.get(key=f"envelope:{view.id}:copy")
    assert copy.document_id == sealed
    assert copy.queued_at == AT
    assert sealed in {one.id for one in documents_of("contract:C2011-003318")}


def test_code_that_cannot_be_sent_is_not_counted(monkeypatch):
    view = start()
    read_and_choose(view.id)

    def down(*_, **__):
        raise ConnectionRefusedError("mail is down")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    for _ in range(5):
        with pytest.raises(signing.CodeNotSent) as error:
            signing.send_code(envelope_id=view.id, channel=Channel.EMAIL, at=AT)
        assert error.value.code == "journeys.signing.code-not-sent"
        assert "g•••@posta.example" in error.value.subject
    monkeypatch.undo()
    assert [one.kind for one in events(view.id) if one.kind.startswith("code")] == []
    signing.send_code(envelope_id=view.id, channel=Channel.EMAIL, at=AT)
    assert len(mail.outbox) == 1


def test_code_by_sms_leaves_at_once_and_names_the_document(settings, tmp_path):
    settings.SMS_GATEWAY, settings.EMAIL_FILE_PATH = "", str(tmp_path / "outbox")
    view = start(mobile="+393330000001")
    read_and_choose(view.id)
    made = signing.send_code(envelope_id=view.id, channel=Channel.SMS, at=AT)
    [file] = (tmp_path / "outbox/sms").rglob("*.txt")
    number, _, body = file.read_text().split("\n", 2)
    assert number == "+393330000001"
    assert body.strip() == made.body
    assert "Disdetta del contratto" in body
    settings.SMS_GATEWAY, settings.SMS_GATEWAY_TOKEN = "http://127.0.0.1:9/", ""
    with pytest.raises(signing.CodeNotSent):
        signing.send_code(envelope_id=view.id, channel=Channel.SMS, at=AT)


def test_language_of_the_signer_and_a_signer_without_mail():
    english = start(language="en")
    assert Message.objects.get(key=f"envelope:{english.id}:link").subject_line.startswith("To sign: ")
    silent = start(Method.TABLET, email="", party_reference="party:13")
    assert not Message.objects.filter(about=f"envelope:{silent.id}").exists()


def test_another_way_ends_the_old_envelope_and_sends_a_new_link():
    first = start()
    opened = signing.sign_another_way(envelope_id=first.id, method=Method.OTP, reason="lost link", by="anna", at=AT)
    assert envelope(first.id).state is EnvelopeState.CANCELLED
    second = envelope(opened.id)
    assert second.document_sha256 == first.document_sha256
    assert [one.key for one in second.fields] == [one.key for one in first.fields]
    assert link_of(second.id) == opened.token
    read_and_choose(second.id)
    signing.send_code(envelope_id=second.id, channel=Channel.EMAIL, at=AT)
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]  # type: ignore[index]
    confirm_otp(envelope_id=second.id, code=code, at=AT, source=Source())
    signing.finish_signing(envelope_id=second.id, at=AT)
    with pytest.raises(EnvelopeEnded):
        signing.sign_another_way(envelope_id=second.id, method=Method.TABLET, reason="x", by="anna", at=AT)


def test_first_advanced_paper_carries_the_adhesion():
    with pytest.raises(NotEnrolled):
        start(Method.TABLET, kind=SignatureKind.ADVANCED)
    assert not signing.is_enrolled("party:12")
    values = signing.enrolment_values(on=ON)
    assert set(values) == {"notice_version", "insurance", "key_keeper", "web_page"}
    assert values["web_page"] == "clienti.valdoro.example/firma/come-funziona/"
    assert "=" not in values["key_keeper"]
    view = start(Method.TABLET, kind=SignatureKind.ADVANCED, name="supply_contract")
    assert view.fields[0].key == "enrolment"


def test_contacts_of_nobody():
    with pytest.raises(UnknownEnvelope):
        contacts_of(999_999)
