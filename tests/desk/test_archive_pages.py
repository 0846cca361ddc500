"""The archive at the desk: found words marked, a document with what is known of it, paper from batch to minutes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree

from sorgente.archive.queries.keeping import readings_of
from sorgente.archive.queries.paper import disposals, scan_batch
from sorgente.archive.usecases.store_document import Agent, store_document
from tests.archive.upload_files import pdf, zipped

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path, monkeypatch):
    settings.ARCHIVE_DIR = tmp_path / "archive"
    monkeypatch.setenv("SORGENTE_VAR", str(tmp_path))


@pytest.fixture
def letter(db):
    return store_document(
        content=b"Gentile Anna, il <contatore> perde & le bollette salgono", title="Reclamo di Anna",
        kind="letter", media_type="text/plain", subject=["party:1", "contract:1"], stored_at=AT,
        agents=[Agent("sender", "PF", "Anna Bianchi", "BNCNNA80A41H501X")],
    )  # fmt: skip


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def test_the_words_found_are_marked_and_everything_else_is_escaped(letter, sign_in):
    text = page(sign_in("archive"), "/documents/?q=bolletta")
    assert "<mark>bollette</mark>" in text
    assert "<contatore>" not in text
    assert f"/documents/{letter.sha256}/about/" in text
    assert "Nessun documento" in page(sign_in("archive"), "/documents/?q=bolletta&kind=photo")
    assert "Reclamo di Anna" in page(sign_in("archive"), "/documents/?q=bianchi&export=csv")
    assert "Reclamo di Anna" in page(sign_in("archive"), "/documents/?subject=party:1&from=2026-03-01&to=2026-03-01")


def test_a_document_with_what_is_known_of_it(letter, sign_in):
    client = sign_in("archive")
    text = page(client, f"/documents/{letter.sha256}/about/")
    for words in (
        "Anna Bianchi",
        "BNCNNA80A41H501X",
        "protocollo",
        "1/2026",
        "10 anni",
        letter.sha256,
        "Nessuno, finora",
    ):
        assert words in text
    assert client.get(f"/documents/{letter.sha256}/").status_code == 200
    assert [one.reader for one in readings_of(letter.pk)] == ["archive"]
    xml = etree.fromstring(client.get(f"/documents/{letter.sha256}/metadata.xml").content)
    assert xml.findtext("ChiaveDescrittiva/Oggetto") == "Reclamo di Anna"
    assert sign_in("reader").get(f"/documents/{letter.sha256}/about/").status_code == 403


def test_a_hold_is_placed_and_lifted_on_the_page(letter, sign_in):
    client = sign_in("dpo")
    address = f"/documents/{letter.sha256}/about/"
    client.post(f"/documents/{letter.sha256}/hold/", {"reason": "Causa 12/2026", "subject": "party:1"})
    text = page(client, address)
    assert "Causa 12/2026" in text
    (number,) = {part.split("/")[0] for part in text.split("/holds/")[1:]}
    client.post(f"/holds/{number}/lift/", {"reason": "definita", "document": letter.sha256})
    assert "definita" in page(client, address)


def given(code: str = "L-1", **changes):
    index = b"file;tipo;soggetto;pagine;scatola\na.pdf;contract;C1;1;S1\nb.pdf;contract;C2;2;S1\n"
    return {
        "code": code, "title": "Contratti 1998", "purpose": "Sostituire la carta", "place": "Valdoro",
        "operator": "Luca",
        "scanner": "X1", "resolution": "300 dpi", "began_at": "2026-02-20T08:00", "ended_at": "2026-02-20T12:00",
        "files": SimpleUploadedFile("lotto.zip", zipped({"a.pdf": pdf(1), "b.pdf": pdf(2)})),
        "index": SimpleUploadedFile("indice.csv", index), **changes,
    }  # fmt: skip


def test_paper_goes_from_batch_to_minutes(sign_in):
    client = sign_in("archive")
    assert "Nessun lotto" in page(client, "/paper/")
    assert client.get("/paper/new/").status_code == 200
    assert client.post("/paper/new/", given()).url == "/paper/batches/L-1/"
    client.post("/paper/batches/L-1/sample/")
    for one in scan_batch("L-1").sample:
        assert "Conforme" in page(client, "/paper/batches/L-1/")
        client.post(f"/paper/batches/L-1/papers/{one.id}/", {"outcome": "good"})
    client.post("/paper/batches/L-1/attest/")
    assert "Attestazione" in page(client, "/paper/batches/L-1/")
    code = client.post("/paper/batches/L-1/propose/", {"reason": "Copie attestate"}).url.split("/")[2]
    address = f"/disposals/{code}/"
    assert "serve un collega" in page(client, address)
    assert client.post(f"{address}approve/").status_code == 422
    for role in ("dpo", "admin"):
        sign_in(role).post(f"{address}approve/")
    client.post(f"{address}authorise/", {"number": "SAB-7", "on": "2026-03-02"})
    client.post(f"{address}execute/", {"place": "Valdoro", "method": "triturazione", "present": "Eva Verdi"})
    assert disposals(code)[0].state == "executed"
    assert "Verbale" in page(client, address)
    text = page(client, "/paper/")
    assert "Carta distrutta" in text
    assert code in page(client, "/disposals/")


def test_a_batch_that_cannot_be_read_says_why_and_keeps_what_was_written(sign_in):
    client = sign_in("archive")
    answer = client.post("/paper/new/", given(files=SimpleUploadedFile("lotto.zip", b"no zip at all")))
    assert answer.status_code == 422
    assert "Contratti 1998" in answer.content.decode()
    assert client.post("/paper/new/", given(began_at="ieri")).status_code == 422
    assert client.post("/paper/new/", {"code": "L-2"}).status_code == 422
    assert scan_batch("L-1") is None


def test_old_documents_are_proposed_and_given_up(sign_in):
    old = store_document(
        content=b"vecchia", title="Lettera vecchia", kind="letter", media_type="text/plain", subject=(),
        stored_at=datetime(2010, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    client = sign_in("dpo")
    assert "Lettera vecchia" in page(client, "/disposals/")
    code = client.post("/disposals/propose/", {"document": [old.pk], "reason": "Termine scaduto"}).url.split("/")[2]
    client.post(f"/disposals/{code}/cancel/", {"reason": "serve ancora"})
    assert disposals(code)[0].state == "cancelled"
    assert "serve ancora" in page(client, f"/disposals/{code}/")
