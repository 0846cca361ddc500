"""Documents are found by Italian words in any form, names, numbers and codes, and what was found is marked."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from sorgente.archive.core.words import codes_of, text_of
from sorgente.archive.queries import search
from sorgente.archive.queries.search import Filters, search_documents
from sorgente.archive.usecases.store_document import Agent, NewDocument, store_document, store_documents
from tests.archive.conftest import AT

pytestmark = pytest.mark.django_db


def letter(text: str, *, kind="letter", at=AT, **changes):
    words = {"title": "Comunicazione", "media_type": "text/plain", "subject": (), **changes}
    return store_document(content=text.encode(), kind=kind, stored_at=at, **words)


def found(text: str = "", page: int = 1, **filters) -> list[int]:
    return [row.id for row in search_documents(text=text, filters=Filters(**filters), page=page).rows]


def written_pdf(text: str) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = stream
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_words_in_any_form_names_and_codes():
    first = letter("Le bollette sono troppo care perché il contatore perde", subject="account:0000123")
    other = letter(
        "Altro", title="Bolletta 2026/SII/0000045", agents=[Agent("author", "PF", "Anna Bianchi", "BNCNNA80A41H501X")]
    )
    assert found("bolletta") == [other.pk, first.pk]
    assert found("contatori") == [first.pk]
    assert found("bianchi anna") == [other.pk]
    assert found("bncnna80a41h501x") == [other.pk]
    for number in ("2026/SII/0000045", "0000045", "45", "SII"):
        assert found(number) == [other.pk], number
    assert found("123") == found("account:0000123") == [first.pk]
    assert found('"contatore perde"') == [first.pk]
    assert found('"perde contatore"') == []
    assert found("bolletta -contatore") == [other.pk]
    assert found(first.sha256) == found(first.sha256[:12].upper()) == [first.pk]
    assert found("il la di") == []


def test_the_words_are_marked_and_the_rest_is_text():
    letter("Gentile cliente, <b>le bollette</b> di maggio \x02 sono pagate " + "e altro " * 50)
    (row,) = search_documents(text="bolletta").rows
    assert ("bollette", True) in row.shown  # as parts: a template escapes each
    assert "".join(part for part, _ in row.shown).startswith("Comunicazione Gentile cliente,  le bollette  di")
    assert search_documents().rows[0].shown == ()


def test_filters_and_pages():
    old = letter("reclamo uno", at=datetime(2020, 5, 1, tzinfo=UTC), subject=["party:1", "account:1"])
    mail = letter("From: a@b.it\r\nSubject: reclamo\r\n\r\ndue", kind="mail", media_type="message/rfc822")
    many = store_documents(
        [NewDocument(f"reclamo {n}".encode(), "Reclamo", "letter", "text/plain", "party:2") for n in range(45)],
        stored_at=AT,
    )
    assert found("reclamo", kind="mail") == found(kind="mail") == [mail.pk]
    assert found("reclamo", subject="party:1") == found(subject="account:1") == [old.pk]
    assert found("reclamo", start=date(2020, 5, 1), end=date(2020, 5, 2)) == [old.pk]
    assert found(end=date(2020, 5, 1)) == []
    pages = [search_documents(text="reclamo", page=number) for number in (1, 2, 3, 99)]
    assert [(page.number, page.total, len(page.rows), page.next_number) for page in pages] == [
        (1, 47, 20, 2), (2, 47, 20, 3), (3, 47, 7, None), (3, 47, 7, None),
    ]  # fmt: skip
    ids = [row.id for page in pages[:3] for row in page.rows]
    assert ids == [one.pk for one in reversed(many)] + [mail.pk, old.pk]


def test_each_way_of_finding_finds_the_same(monkeypatch):
    store_documents(
        [NewDocument(f"{n}".encode(), f"Bolletta {n % 7}", "bill", "text/plain") for n in range(300)], stored_at=AT
    )
    answers = {}
    for newest, counted in ((20_000, 1_000), (20_000, 30), (10, 30), (120, 30), (1, 1_000)):
        monkeypatch.setattr(search, "_NEWEST", newest)
        monkeypatch.setattr(search, "COUNTED_UP_TO", counted)
        answers[newest, counted] = found("bolletta 3")
    assert len({tuple(ids) for ids in answers.values()}) == 1, answers
    page = search_documents(text="bolletta")
    assert (page.total, page.is_more, page.rows[0].id > page.rows[-1].id) == (300, False, True)


def test_papers_and_letters_are_read_bills_are_not():
    paper = store_document(
        content=written_pdf("Verbale di sostituzione del misuratore"), title="Carta", kind="letter",
        media_type="application/pdf", subject=(), stored_at=AT,
    )  # fmt: skip
    store_document(
        content=written_pdf("Sostituzione nella bolletta"), title="Bolletta 1", kind="bill",
        media_type="application/pdf", subject=(), stored_at=AT, words="Anna Bianchi",
    )  # fmt: skip
    assert found("sostituzioni") == [paper.pk]
    assert len(found("bianchi")) == 1


MAIL = (
    b"From: Anna <anna@example.it>\r\nSubject: =?utf-8?q?Perdit=C3=A0?=\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<style>x{}</style>"
    b"<p>Perdita <b>d&#39;acqua</b><script>evil()</script></p>"
)


@pytest.mark.parametrize(
    ("content", "media_type", "words"),
    [
        (MAIL, "message/rfc822", "Perdità Anna <anna@example.it> Perdita d'acqua"),
        (b"<a><b>uno</b> due</a>", "application/xml", "uno due"),
        ("perché".encode("cp1252"), "text/plain", "perché"),
        (b"a\x00b", "text/plain", "a b"),
        (b"%PDF-1.4 broken", "application/pdf", ""),
        (b"<a>", "application/xml", ""),
        (b"\xff\xd8\xff", "image/jpeg", ""),
    ],
)
def test_what_a_document_says(content, media_type, words):
    assert text_of(content, media_type) == words


def test_codes_and_their_pieces():
    assert codes_of(["bill:2026/SII/0000123"]).split() == [
        "bill:2026/SII/0000123", "bill", "2026", "SII", "0000123", "123", "2026/SII/0000123",
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_question_is_answered(text):
    assert search_documents(text=text).total >= 0


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=200), media_type=st.sampled_from(["application/pdf", "message/rfc822", "text/xml"]))
def test_any_bytes_give_words_postgresql_can_hold(content, media_type):
    words = text_of(content, media_type)
    assert "\x00" not in words
    words.encode()
