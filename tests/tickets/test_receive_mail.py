from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sorgente.archive.queries.documents import find_document
from sorgente.customers.queries.find import customers_by_party
from sorgente.journeys.tickets import handle_incoming
from sorgente.messages.queries.messages import messages_about
from sorgente.tickets.core.mail import parse_mail
from sorgente.tickets.core.mail.headers import text_of
from sorgente.tickets.models import TicketMessage
from sorgente.tickets.queries.inbox import parked_mails
from sorgente.tickets.queries.tickets import conversation, ticket
from sorgente.tickets.usecases.draft_reply import draft_reply, goes_to_the_customer
from sorgente.tickets.usecases.handle_ticket import NotParked, close_ticket, resolve_parked
from sorgente.tickets.usecases.receive_mail import receive_mail
from sorgente.tickets.usecases.reply import reply_to_ticket
from tests.tickets.conftest import ANNA, AT, mail_of

pytestmark = pytest.mark.django_db


def receive(mail, at=AT):
    return receive_mail(raw=bytes(mail), at=at)


def test_a_mail_becomes_a_ticket_of_its_customer(town):
    got = receive(mail_of())
    assert got.outcome == "ticket"
    found = ticket(got.ticket)
    assert found.party_id == town.people["Bianchi"].party_id
    assert (found.category, found.office, found.identified_by) == ("autolettura", "fatturazione", "contact")
    assert found.model.startswith("tickets-")
    (message,) = conversation(got.ticket)
    assert [piece.text for piece in message.pieces if piece.entity == "LETTURA"] == ["121"]


def test_the_same_mail_counts_once_and_another_with_its_id_is_another(town):
    first = receive(mail_of())
    assert (
        receive_mail(raw=b"Received: by a second way\r\nX-Spam: no\r\n" + bytes(mail_of()), at=AT).outcome
        == "duplicate"
    )
    other = receive(mail_of("Vorrei disdire il contratto.", subject="Disdetta"))
    assert other.outcome == "ticket"
    assert other.ticket != first.ticket


# ------------------------------------------------------------------ conversations


def test_an_answer_finds_its_conversation_by_the_mail_it_answers(town):
    first = receive(mail_of())
    answer = receive(mail_of("Aggiungo una foto.", mail_id="<a2@p.example>", In_Reply_To="<a1@posta.example>"))
    assert (answer.outcome, answer.ticket) == ("follow_up", first.ticket)


def test_the_number_in_the_subject_counts_only_from_who_wrote_before(town):
    first = receive(mail_of())
    own = receive(mail_of("Ancora io.", subject=f"Re: lettura [{first.ticket}]", mail_id="<a3@p.example>"))
    assert own.ticket == first.ticket
    stranger = receive(
        mail_of(
            "Mandatemi i dati.", sender="x@altrove.example", subject=f"Re: [{first.ticket}]", mail_id="<s@x.example>"
        )
    )
    assert stranger.outcome == "ticket"
    assert stranger.ticket != first.ticket


def test_an_address_with_a_guessed_token_opens_nothing(town):
    first = receive(mail_of())
    guessed = receive(
        mail_of("Ciao", sender="x@altrove.example", to=f"clienti+{first.ticket.lower()}.000000000000@valdoro.example",
                mail_id="<g@x.example>")
    )  # fmt: skip
    assert guessed.ticket != first.ticket


def test_what_a_customer_adds_wakes_the_ticket_and_may_only_raise_it(town):
    first = receive(mail_of())
    close_ticket(number=first.ticket, by="anna", at=AT)
    receive(
        mail_of("Manca l'acqua in tutta la casa da stamattina, c'è un neonato!", subject="URGENTE senza acqua",
                mail_id="<u@p.example>", In_Reply_To="<a1@posta.example>")
    )  # fmt: skip
    found = ticket(first.ticket)
    assert (found.state, found.category) == ("new", "autolettura")
    assert found.priority == "urgente"


# ------------------------------------------------------------------ whose it is


def test_a_code_of_one_customer_from_the_address_of_another_is_nobodys(town):
    town.on("2026-01-01").move_in("Rossi", people=1, meter="B01", index_m3=10)
    rossi = account_of(town, "Rossi")
    got = receive(mail_of(f"Vi chiedo una copia della bolletta. Codice cliente {rossi}", subject="Copia bolletta"))
    found = ticket(got.ticket)
    assert (found.party_id, found.identified_by) == (None, "")
    assert set(found.candidates) == {town.people["Bianchi"].party_id, town.people["Rossi"].party_id}


def test_a_code_from_an_unknown_address_names_the_customer_but_no_figures_leave(town):
    body = f"Vorrei sapere quanto devo pagare. Codice cliente {account_of(town, 'Bianchi')}"
    got = receive(mail_of(body, sender="nipote@posta.example", subject="Importo"))
    found = ticket(got.ticket)
    assert (found.party_id, found.identified_by) == (town.people["Bianchi"].party_id, "code")
    assert not goes_to_the_customer(found)
    draft = draft_reply(found, as_of=AT.date(), signed_by="Anna")
    assert account_of(town, "Bianchi") not in draft.body
    own = receive(mail_of("Vorrei sapere quanto devo pagare.", subject="Importo", mail_id="<own@p.example>"))
    assert goes_to_the_customer(ticket(own.ticket))


def test_codes_in_a_quote_are_not_the_senders(town):
    quoted = f"> Codice cliente {account_of(town, 'Bianchi')}"
    body = f"Grazie, a presto.\n\nIl giorno 3 aprile 2026 Valdoro ha scritto:\n{quoted}\n"
    assert ticket(receive(mail_of(body, sender="x@altrove.example")).ticket).party_id is None


# ------------------------------------------------------------------ machines


def test_an_absence_note_is_kept_beside_its_conversation_and_never_answered(town):
    first = receive(mail_of())
    away = receive(
        mail_of("Sono in ferie fino al 3.", subject="Risposta automatica: lettura", mail_id="<v@p.example>",
                In_Reply_To="<a1@posta.example>", Auto_Submitted="auto-replied")
    )  # fmt: skip
    assert (away.outcome, away.ticket, away.may_answer) == ("automatic", first.ticket, False)
    assert [one.automatic for one in conversation(first.ticket)] == [False, True]
    alone = receive(mail_of("Fuori ufficio", subject="Out of office", mail_id="<v2@p.example>", X_Autoreply="yes"))
    assert (alone.outcome, alone.ticket) == ("automatic", "")


def test_an_answer_that_did_not_arrive_comes_back_to_the_office(town):
    first = receive(mail_of())
    reply_to_ticket(number=first.ticket, body="Grazie.", author="anna", at=AT)
    sent = conversation(first.ticket)[-1]
    (mail_id,) = TicketMessage.objects.filter(pk=sent.id).values_list("mail_id", flat=True)
    bounce = (
        "From: MAILER-DAEMON@posta.example\r\nTo: clienti@valdoro.example\r\nSubject: Undelivered Mail\r\n"
        "Return-Path: <>\r\nMessage-ID: <b@posta.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nUser unknown\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail_id}\r\nSubject: Re\r\n\r\n--x--\r\n"
    )
    got = receive_mail(raw=bounce.encode(), at=AT)
    assert (got.outcome, got.ticket) == ("bounce", first.ticket)
    assert ticket(first.ticket).state == "assigned"


def test_two_machines_do_not_talk_to_each_other(town):
    """Each acknowledgement is itself automatic; what answers it is recognised, and nothing more leaves."""
    for n in range(12):
        handle_incoming(raw=bytes(mail_of(f"Vorrei sapere l'orario {n}?", mail_id=f"<q{n}@p.example>")), at=AT)
    receipts = TicketMessage.objects.filter(direction="out", automatic=True)
    assert receipts.count() == 5
    assert handle_incoming(
        raw=bytes(mail_of("Non rispondere", sender="noreply@ditta.example", mail_id="<nr@d.example>")), at=AT
    ).may_answer is False  # fmt: skip


# ------------------------------------------------------------------ PEC


def _pec(inner: bytes, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    daticert = (
        '<?xml version="1.0"?><postacert tipo="posta-certificata" errore="nessuno"><intestazione>'
        "<mittente>anna@pec.example</mittente></intestazione><dati><identificativo>opec1.2026</identificativo></dati>"
        "</postacert>"
    )
    return (
        f"From: Per conto di: anna@pec.example <posta-certificata@pec.example>\r\nTo: v@pec.valdoro.example\r\n{lines}"
        'Message-ID: <opec1@pec.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="o"\r\n\r\n'
        "--o\r\nContent-Type: text/plain\r\n\r\nMessaggio di posta certificata\r\n"
        '--o\r\nContent-Type: application/xml\r\nContent-Disposition: inline; filename="daticert.xml"'
        f"\r\n\r\n{daticert}\r\n"
        '--o\r\nContent-Type: message/rfc822\r\nContent-Disposition: inline; filename="postacert.eml"'
        "\r\n\r\n"
    ).encode() + inner + b"\r\n--o--\r\n"  # fmt: skip


def test_a_certified_mail_is_opened(town):
    body = "Con la presente si contesta la fattura e si chiede la rettifica."
    inner = mail_of(body, sender="Anna <anna@pec.example>", subject="Contestazione fattura", mail_id="<in@pec.example>")
    got = receive_mail(raw=_pec(bytes(inner), X_Trasporto="posta-certificata", Subject="POSTA CERTIFICATA: C"), at=AT)
    found = ticket(got.ticket)
    assert (found.channel, found.sender, found.subject) == ("pec", "anna@pec.example", "Contestazione fattura")
    (message,) = conversation(got.ticket)
    assert (message.attachments, message.text.strip()) == ((), inner.get_content().strip())
    document = find_document(message.document_sha256)
    assert document.metadata["certificate"]["identificativo"] == "opec1.2026"


def test_a_receipt_of_our_own_certified_mail_is_no_ticket(town):
    got = receive_mail(raw=_pec(b"", X_Ricevuta="avvenuta-consegna", Subject="CONSEGNA: C"), at=AT)
    assert (got.outcome, got.reason) == ("receipt", "ricevuta PEC: consegnata")


# ------------------------------------------------------------------ files


def test_files_are_looked_into_before_they_are_kept(town):
    mail = mail_of()
    mail.add_attachment(b"%PDF-1.4 broken", maintype="application", subtype="pdf", filename="rotto.pdf")
    mail.add_attachment(zip_bomb(), maintype="application", subtype="zip", filename="foto.zip")
    mail.add_attachment(b'x\x9f>"' + bytes(40), maintype="application", subtype="ms-tnef", filename="winmail.dat")
    picture = BytesIO()
    Image.new("RGB", (20, 20), "blue").save(picture, "JPEG")
    mail.add_attachment(picture.getvalue(), maintype="application", subtype="octet-stream", filename="conta.pdf")
    (message,) = conversation(receive(mail).ticket)
    seen = {one.filename: (bool(one.sha256), one.problem) for one in message.attachments}
    assert seen.pop("conta.jpg") == (True, "")
    assert set(seen) == {"rotto.pdf", "foto.zip", "winmail.dat"}
    assert all(not kept and "archive.upload." in problem for kept, problem in seen.values())
    assert message.document_sha256, "the whole mail is in the archive, whatever was in it"


def zip_bomb() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        file.writestr("foto.txt", b"\0" * 200_000_000)
    return packed.getvalue()


def test_a_mail_over_the_limit_is_parked_and_its_sender_told(town):
    mail = mail_of(mail_id="<big@p.example>")
    raw = bytes(mail) + b"x" * 40_000_000
    got = receive_mail(raw=raw, at=AT)
    assert (got.outcome, got.reason) == ("parked", "troppo grande: 40,0 MB, se ne accettano 25")
    assert parked_mails()[0]["sender"] == ANNA
    (told,) = messages_about(f"mail:{got.mail_id}")
    assert "risposta automatica" in told.body
    assert receive_mail(raw=raw, at=AT).outcome == "duplicate"
    resolve_parked(mail_id=got.mail_id, by="anna", at=AT)
    with pytest.raises(NotParked):
        resolve_parked(mail_id=got.mail_id, by="anna", at=AT)


# ------------------------------------------------------------------ broken ones


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"\xff\xfe\x00garbage",
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=\r\n\r\nHello",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nperch\xe9 manca l'acqua",
        b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
        b"From: =?utf-8?b?broken\r\nSubject: =?x-unknown?q?=FF?=\r\n\r\nHello there",
        b"From: a@b.example\r\nDate: the day after\r\nMessage-ID: none\r\n\r\nHello",
        b"From: a@b.example\r\nSubject: \xe0\xe8\xec\r\n\r\n\x00\x00zero",
        b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="z"\r\n\r\n--z\r\n\r\ncut off',
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(400)),
        b"From: a@b.example\r\nContent-Disposition: attachment; filename*=utf-8''%FF%FE\r\n\r\nfile",
    ],
)  # fmt: skip
def test_broken_mails_are_kept_and_answered_for(town, raw):
    got = receive_mail(raw=raw or b" ", at=AT)
    assert got.outcome in ("ticket", "parked")
    assert got.outcome == "ticket" or got.reason


@pytest.mark.parametrize(
    ("charset", "content", "says"),
    [
        ("utf-8", "perché".encode("cp1252"), "perché"),
        ("iso-8859-1", "perché".encode(), "perché"),
        ("us-ascii", "perché".encode(), "perché"),
        ("utf-7", b"+2AA- ciao", "? ciao"),
    ],
)
def test_a_wrong_charset_still_reads(charset, content, says):
    assert text_of(content, charset) == says


def test_html_alone_is_read_and_its_quotes_are_quotes():
    mail = parse_mail(
        b"From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<style>p{color:red}</style><p>Il contatore"
        b" segna <b>312</b></p><blockquote><p>Ci mandi la lettura</p></blockquote>"
    )
    assert mail.text == "Il contatore segna 312\n\n> Ci mandi la lettura"


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_without_failing(raw):
    mail = parse_mail(raw)
    mail.text.encode()
    mail.subject.encode()


def account_of(town, name: str) -> str:
    (customer,) = customers_by_party([town.people[name].party_id])
    return customer.accounts[0].number
