"""The signing pages without a browser: what each door opens, and what it does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

import sorgente.interfaces.portal.signing as pages
from sorgente.archive.signing.usecases.end_envelope import cancel_envelope
from sorgente.archive.signing.usecases.tablets import assign_envelope_to_tablet, offer_pairing
from sorgente.interfaces.portal.signing.pictures import box_picture_size, box_text, page_picture, pages_of
from sorgente.interfaces.portal.signing.words import _ENDS, _WORDS
from sorgente.shared.errors import SorgenteError
from tests.e2e.signing_case import open_case

HERE = Path(pages.__file__).parent
TEMPLATES = HERE.parent / "templates/signing"


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path) -> None:
    settings.ARCHIVE_DIR = tmp_path / "archive"


def paired() -> tuple[Client, int]:
    """Return a tablet's client and its pairing."""
    offer = offer_pairing(clerk="anna", at=timezone.now())
    tablet = Client()
    answer = tablet.post("/firma/tablet/collega/", {"code": offer.code.replace("-", " ").lower()})
    assert answer.status_code == 302
    return tablet, offer.pairing_id


def given(tablet: Client, pairing: int, kind: str = "closing") -> int:
    envelope = open_case(kind, "anna")["envelope"]
    assign_envelope_to_tablet(envelope_id=envelope, pairing_id=pairing, at=timezone.now())
    return envelope


@pytest.mark.django_db
def test_each_tablet_reaches_what_was_given_to_it_and_nothing_else():
    (first, one), (second, other) = paired(), paired()
    mine, yours = given(first, one), given(second, other)
    assert first.get(f"/firma/tablet/{mine}/").status_code == 200
    for client, status in ((first, 404), (Client(), 410)):
        for page in ("", "pagine/1.png", "punti/contract.png", "copia.pdf"):
            assert client.get(f"/firma/tablet/{yours}/{page}").status_code == status, page
        for act in ("letto/", "punti/contract/firma/", "punti/contract/rifiuta/", "concludi/", "con-codice/"):
            assert client.post(f"/firma/tablet/{yours}/{act}").status_code == status, act
    assert second.get("/firma/tablet/")["Location"] == f"/firma/tablet/{yours}/"


@pytest.mark.django_db
def test_code_of_a_pairing_works_once_and_bad_ones_are_refused():
    offer = offer_pairing(clerk="anna", at=timezone.now())
    assert Client().post("/firma/tablet/collega/", {"code": offer.code}).status_code == 302
    again = Client().post("/firma/tablet/collega/", {"code": offer.code})
    assert again.status_code == 422
    assert "Il codice non va bene" in again.content.decode()
    assert Client().post("/firma/tablet/collega/", {"code": "<script>" * 20}).status_code == 422


@pytest.mark.django_db
def test_nothing_is_signed_before_reading_and_broken_acts_are_told():
    tablet, pairing = paired()
    envelope = given(tablet, pairing)
    ask = {"content_type": "application/json", "headers": {"accept": "application/json"}}
    ink = {"width": 600, "height": 200, "strokes": [[[at, at] for at in range(20)]]}
    sign = f"/firma/tablet/{envelope}/punti/contract/firma/"
    early = tablet.post(sign, json.dumps({"ink": ink, "input": "pen"}), **ask)
    assert (early.status_code, early.json()["title"]) == (422, "Prima leggi il documento")
    tablet.get(f"/firma/tablet/{envelope}/")
    tablet.post(f"/firma/tablet/{envelope}/letto/")
    for body in (
        "",
        "{",
        "[]",
        '{"ink": 3}',
        "[" * 100_000,
        "x" * 3_100_000,
        json.dumps({"ink": {"strokes": [[[1, 1]]]}}),
    ):
        answer = tablet.post(sign, body, **ask)
        assert (answer.status_code, answer.json()["title"]) == (422, "La firma è troppo breve"), body[:20]
    foreign = {"v": 1, "points": [1]}
    clear = tablet.post(sign, json.dumps({"ink": ink, "input": "pen_pressure", "biometrics": foreign}), **ask)
    assert clear.json()["title"] == "La firma non è arrivata intera"  # biometrics in clear are not taken
    assert tablet.post(sign, json.dumps({"ink": ink, "input": "laser"}), **ask).status_code == 200
    assert tablet.get(f"/firma/tablet/{envelope}/punti/nothing.png").status_code == 404
    assert tablet.get(f"/firma/tablet/{envelope}/pagine/99.png").status_code == 404
    assert tablet.get(f"/firma/tablet/{envelope}/copia.pdf").status_code == 404


@pytest.mark.django_db
def test_waiting_tablet_is_told_where_to_go():
    tablet, pairing = paired()
    assert tablet.get("/firma/tablet/attesa/").status_code == 204
    envelope = given(tablet, pairing)
    assert tablet.get("/firma/tablet/attesa/")["HX-Redirect"] == f"/firma/tablet/{envelope}/"
    assert tablet.get(f"/firma/tablet/attesa/?here={envelope}").status_code == 204
    cancel_envelope(envelope_id=envelope, reason="test", by="anna", at=timezone.now())
    assert tablet.get(f"/firma/tablet/attesa/?here={envelope}")["HX-Refresh"] == "true"
    assert Client().get("/firma/tablet/attesa/")["HX-Redirect"] == "/firma/tablet/"


@pytest.mark.django_db
def test_links_are_private_pages_that_nobody_keeps():
    token = open_case("remote", "anna")["token"]
    answer = Client().get(f"/firma/{token}/")
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer.cookies["firma_dispositivo"]["httponly"]
    assert Client().get(f"/firma/{token[:-1]}/").status_code == 404
    assert Client().get(f"/firma/{token}/pagine/1.png")["Content-Type"] == "image/png"


@pytest.mark.django_db
def test_second_device_on_a_link_is_noted():
    from sorgente.archive.signing.queries.events import events

    case = open_case("remote", "anna")
    first = Client()
    first.get(f"/firma/{case['token']}/")
    first.get(f"/firma/{case['token']}/")
    Client().get(f"/firma/{case['token']}/")
    kinds = [one.kind for one in events(case["envelope"])]
    assert kinds.count("link_opened") == 1
    assert kinds.count("link_opened_elsewhere") == 1


@pytest.mark.django_db
def test_pages_as_pictures_and_as_text():
    from sorgente.archive.signing.queries.envelopes import envelope

    view = envelope(open_case("contract", "anna")["envelope"])
    facts = pages_of(view.document_sha256)
    assert [page.number for page in facts] == list(range(1, len(facts) + 1))
    assert "Contratto di fornitura" in facts[0].text
    assert page_picture(view.document_sha256, 1).startswith(b"\x89PNG")
    for key, first, last in (
        ("onerous_clauses", "approva in modo specifico", "foro competente per chi non è consumatore"),
        ("title_declaration", "Consapevole delle sanzioni", "notaio Carla Neri, rep. 4412"),
        ("debit_mandate", "Valdoro,", "Firma di chi può disporre del conto"),
        ("consent_marketing", "Informazioni commerciali", "su servizi e offerte"),
        ("enrolment", "Dichiaro di aver letto", "firma elettronica avanzata"),
    ):
        field = next(one for one in view.fields if one.key == key)
        tops = tuple(one.box[3] for one in view.fields if one.page == field.page)
        text = box_text(view.document_sha256, field.page, field.box, tops)
        assert first in text, key
        assert "Sondaggi" not in text, "the next statement is not this one"
        assert last in text, key
    onerous = next(one for one in view.fields if one.key == "onerous_clauses")
    width, height = box_picture_size(view.document_sha256, onerous.page, onerous.box)
    assert width == facts[0].width
    assert 200 < height <= facts[0].height


def test_every_text_has_its_english():
    found: set[str] = set()
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text()
        found |= {double or single for double, single in re.findall(r"{% trans (?:\"([^\"]+)\"|'([^']+)')", text)}
        for block in re.findall(r"{% blocktrans[^%]*%}(.*?){% endblocktrans %}", text, re.DOTALL):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", block))
        assert not re.search(r"\s(?:style|on[a-z]+)=", text), f"{template.name}: inline code or style"
    for module in HERE.glob("*.py"):
        text = module.read_text()
        found |= set(re.findall(r"\b_\(\s*\"([^\"]+)\"\s*,?\s*\)", text))
        found |= {one for pair in re.findall(r"ngettext\(\"([^\"]+)\", \"([^\"]+)\"", text) for one in pair}
    catalogue = (HERE / "locale/en/LC_MESSAGES/django.po").read_text()
    known = set(re.findall(r'^msgid(?:_plural)? "(.*)"$', catalogue, re.MULTILINE))
    assert found - known == set()
    assert known - found - {""} == set(), "texts nobody shows any more"


def test_told_errors_exist_and_every_end_is_told():
    import sorgente.archive.signing.opener
    import sorgente.journeys.signing  # noqa: F401
    from sorgente.archive.signing.core.values import FINAL_STATES, EnvelopeState

    def codes(kind: type[SorgenteError]) -> set[str]:
        return {kind.code}.union(*(codes(one) for one in kind.__subclasses__()))

    assert set(_WORDS) - codes(SorgenteError) == set()
    assert set(_ENDS) == (FINAL_STATES | {EnvelopeState.LOST}) - {EnvelopeState.COMPLETED}
