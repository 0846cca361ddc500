"""Papers: what a customer finds on them, where they sign, and what is refused."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from sorgente.archive.models import Document
from sorgente.archive.papers import (
    Paper,
    PaperNotDrawn,
    PaperTemplateNotInForce,
    PaperTemplateUnknown,
    PaperTemplateWrong,
    PaperValueMissing,
    PaperValueUnknown,
    PaperValueWrong,
    render_paper,
    template_on,
    template_versions,
)
from sorgente.archive.papers.catalogue import TEMPLATES
from sorgente.archive.signing.core.values import FieldKind
from tests.papers.specimens import SPECIMENS

ON = date(2026, 11, 23)
FIELDS = {
    "supply_contract": [
        "contract", "onerous_clauses", "title_declaration", "privacy", "consent_paperless", "consent_marketing",
        "consent_surveys", "debit_mandate", "enrolment",
    ],
    "supply_contract_company_at_distance": [
        "contract", "onerous_clauses", "privacy", "consent_paperless", "consent_marketing", "consent_surveys",
    ],
    "takeover": [
        "contract", "stranger_to_debt", "onerous_clauses", "title_declaration", "privacy", "consent_paperless",
        "consent_marketing", "consent_surveys",
    ],
    "takeover_after_death": [
        "contract", "onerous_clauses", "title_declaration", "privacy", "consent_paperless", "consent_marketing",
        "consent_surveys", "debit_mandate",
    ],
    "mandate": ["debit_mandate"],
    "enrolment": ["enrolment"],
    "termination": ["contract"],
    "household_declaration": ["declaration"],
    "reply_letter": [],
    "minutes": [],
    "removal_minutes": [],
    "attestation": [],
    "copy_cover": [],
}  # fmt: skip
# What must be found word for word: the proof that a value reaches the page in Italian words.
WORDS = {
    "supply_contract": ["C2026-000912", "1° dicembre 2026", "35,00 €", "11042AN000123456", "VA-2026-00012345",
                        "artt. 1341 e 1342|articoli 1341 e 1342", "art. 5 del D.L. 47/2014", "art. 13, divieti"],
    "supply_contract_company_at_distance": ["184,50 €", "entro 14 giorni", "legale rappresentante", "M5UXCR1"],
    "takeover": ["Marco Verdi", "37,50 €", "estraneo alle bollette", "23 novembre 2026"],
    "takeover_after_death": ["titolo gratuito", "figlia ed erede", "Il deposito di 75,00 €"],
    "mandate": ["IT60X0542811101000000123456", "ZZZ0000002731560427", "8 settimane", "VA-2019-00000877"],
    "enrolment": ["500.000,00 €", "RC-4471-2026", "senza dati biometrici", "20 anni", "2026-01"],
    "termination": ["10 dicembre 2026", "75,00 €", "45 giorni"],
    "household_declaration": ["Luca Conti", "1° giugno 2026", "art. 76", "ricalcolate"],
    "reply_letter": ["Sara Gentili", "218,40 €", "Servizio conciliazione", "T2026-004410"],
    "minutes": ["Soprintendenza archivistica delle Marche", "2.140", "Contratto C2009-000060", "ore 10.42"],
    "removal_minutes": ["1.204.551", "Fotografia 12", "termine di conservazione scaduto"],
    "attestation": ["art. 22 del D.Lgs. 82/2005", "C2009-000030.pdf", "Due fogli doppi"],
    "copy_cover": ["cdcdcdcd", "firmato"],
}  # fmt: skip


@lru_cache(maxsize=32)
def drawn(name: str) -> Paper:
    template, values = SPECIMENS[name]
    return render_paper(template=template, values=values, on=ON)


def text_of(paper: Paper) -> str:
    reader = PdfReader(io.BytesIO(paper.content))
    return re.sub(r"[\s\u00a0]+", " ", " ".join(page.extract_text() for page in reader.pages))


def changed(name: str, path: str, value: Any) -> dict[str, Any]:
    """Return a specimen's values with one of them changed; None takes it away."""
    first, _, rest = path.partition(".")
    values = dict(SPECIMENS[name][1])
    values[first] = {**values[first], rest: value} if rest else value
    return values


@pytest.mark.parametrize("name", SPECIMENS)
def test_values_stand_on_the_paper(name: str) -> None:
    paper = drawn(name)
    text = text_of(paper)
    for words in WORDS[name]:
        assert any(choice in text for choice in words.split("|")), words
    for text_left in ("None", " null ", "{", "own."):
        assert text_left not in text
    assert f"Modello {paper.template} versione {paper.version}" in text
    assert paper.kind in Document.Kind.values


@pytest.mark.parametrize("name", SPECIMENS)
def test_papers_are_archivable_and_accessible(name: str) -> None:
    reader = PdfReader(io.BytesIO(drawn(name).content))
    root = reader.trailer["/Root"]
    marks = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part>3<", marks)
    assert re.search(r"pdfaid:conformance>A<", marks)
    assert re.search(r"pdfuaid:part>1<", marks)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("it")
    assert root["/StructTreeRoot"]
    assert reader.metadata.title == drawn(name).title
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"].get_object())


@pytest.mark.parametrize("name", SPECIMENS)
def test_fields_lie_apart_and_inside_their_pages(name: str) -> None:
    paper = drawn(name)
    assert [field.key for field in paper.fields] == FIELDS[name]
    pages = PdfReader(io.BytesIO(paper.content)).pages
    for at, field in enumerate(paper.fields):
        left, bottom, right, top = field.box
        assert 0 <= field.page < len(pages)
        assert 50 < left < right < float(pages[field.page].mediabox.right) - 50
        assert 55 < bottom < top < float(pages[field.page].mediabox.top) - 40
        assert (right - left, top - bottom) == pytest.approx((215.4, 53.9), abs=0.1)  # 76 x 19 mm
        assert field.required is (field.kind is not FieldKind.CONSENT)
        for other in paper.fields[:at]:
            apart = (
                other.page != field.page
                or other.box[1] >= top
                or other.box[3] <= bottom
                or other.box[0] >= right
                or other.box[2] <= left
            )
            assert apart, (field.key, other.key)


def test_box_is_where_the_frame_is_drawn() -> None:
    paper = drawn("termination")
    import pypdfium2

    field = paper.fields[0]
    page = pypdfium2.PdfDocument(paper.content)[field.page]
    picture = page.render(scale=2).to_pil().convert("L")
    left, bottom, right, top = (edge * 2 for edge in field.box)
    height = picture.height
    inside = picture.crop((int(left) + 6, int(height - top) + 6, int(right) - 6, int(height - bottom) - 6))
    assert inside.getextrema() == (255, 255)  # nothing is printed where the ink goes
    frame = picture.crop((int(left) - 3, int(height - top) - 3, int(right) + 3, int(height - bottom) + 3))
    assert frame.getpixel((frame.width // 2, 3)) < 250 or frame.getpixel((frame.width // 2, 2)) < 250


def test_same_values_make_the_same_bytes() -> None:
    template, values = SPECIMENS["mandate"]
    again = render_paper(template=template, values=values, on=ON)
    assert again.content == drawn("mandate").content


def test_onerous_clauses_name_articles_that_exist() -> None:
    text = text_of(drawn("supply_contract"))
    listed = text[text.index("approva in modo specifico") :]
    numbers = re.findall(r"• art\. (\d+),", listed)
    assert numbers == ["5", "7", "9", "10", "11", "13", "17"]
    label = next(field.label for field in drawn("supply_contract").fields if field.key == "onerous_clauses")
    assert re.findall(r"\d+", label.split("(")[0]) == numbers
    for number in numbers:
        assert f"Art. {number} " in text


def test_long_values_push_the_boxes_along_and_never_off_the_page() -> None:
    values = changed("supply_contract", "party.address", "Località " + "San Martino in Colle " * 30)
    paper = render_paper(template="supply_contract", values=values, on=ON)
    before = {field.key: (field.page, field.box) for field in drawn("supply_contract").fields}
    after = {field.key: (field.page, field.box) for field in paper.fields}
    assert after["contract"] != before["contract"]
    assert all(box[1] > 55 and box[3] < 842 - 40 for _, box in after.values())


MISSING = [
    ("supply_contract", "party.tax_code"), ("supply_contract", "title"), ("supply_contract", "prices"),
    ("takeover", "leaving"), ("mandate", "mandate.iban"), ("enrolment", "enrolment.insurance"),
    ("termination", "contract.ends_on"), ("household_declaration", "after.units"),
    ("reply_letter", "person_in_charge"), ("minutes", "documents"), ("attestation", "copies"),
    ("copy_cover", "document.sha256"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "path"), MISSING)
def test_missing_value_is_named(name: str, path: str) -> None:
    for nothing in (None, ""):
        with pytest.raises(PaperValueMissing) as error:
            render_paper(template=SPECIMENS[name][0], values=changed(name, path, nothing), on=ON)
        assert error.value.code == "papers.value.missing"
        assert f"{path} is missing" in error.value.facts
    if path in ("prices", "documents", "copies"):
        with pytest.raises(PaperValueMissing):
            render_paper(template=SPECIMENS[name][0], values=changed(name, path, []), on=ON)


WRONG = [
    ("contract.starts_on", "2026-12-01"), ("contract.starts_on", datetime(2026, 12, 1, 0, 0)),  # noqa: DTZ001
    ("at_distance", 1), ("contract.bills_per_year", True), ("payment", "cash"), ("party", "Giulia"),
    ("prices", "0,61"), ("contract.number", 912), ("use.units", 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_value_of_the_wrong_type_is_named(path: str, value: object) -> None:
    with pytest.raises(PaperValueWrong) as error:
        render_paper(template="supply_contract", values=changed("supply_contract", path, value), on=ON)
    assert error.value.code == "papers.value.wrong"
    assert path in error.value.facts


def test_misspelt_value_is_refused_and_the_choices_told() -> None:
    with pytest.raises(PaperValueUnknown, match=r"party\.fiscal_code.*tax_code") as error:
        render_paper(template="supply_contract", values=changed("supply_contract", "party.fiscal_code", "X"), on=ON)
    assert error.value.code == "papers.value.unknown"


def test_unknown_template_and_day_before_the_first_version() -> None:
    for name in ("poem", "../supply_contract", "parts"):
        with pytest.raises(PaperTemplateUnknown, match="supply_contract") as error:
            render_paper(template=name, values={}, on=ON)
        assert error.value.code == "papers.template.unknown"
    with pytest.raises(PaperTemplateNotInForce) as error:
        template_on(name="mandate", on=date(2019, 12, 31))
    assert error.value.code == "papers.template.not-in-force"
    assert template_on(name="mandate", on=date(2020, 1, 1)).version == "1"
    with pytest.raises(PaperTemplateNotInForce, match="no version 9"):
        render_paper(template="mandate", values={}, on=ON, version="9")


_SMALL = """
id: papers.note.{version}
says: A note
from: {day}
kind: letter
title: Nota a {{to}}
groups: 1.yaml
values: {{to: text}}
"""
_DRAWING = "#let d = json(bytes(sys.inputs.paper))\n#set document(title: d.title)\n= #d.title\nEdizione {version}.\n"


@pytest.fixture
def two_versions(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/1.yaml").write_bytes((TEMPLATES / "parts/1.yaml").read_bytes())
    (tmp_path / "note").mkdir()
    for version, day in (("1", "2024-01-01"), ("2", "2026-07-01")):
        (tmp_path / f"note/{version}.yaml").write_text(_SMALL.format(version=version, day=day))
        (tmp_path / f"note/{version}.typ").write_text(_DRAWING.format(version=version))
    return tmp_path


def test_version_is_chosen_by_the_day_and_older_ones_stay_renderable(two_versions: Path) -> None:
    def note(on: date, version: str | None = None) -> Paper:
        return render_paper(template="note", values={"to": "Ada"}, on=on, version=version, folder=two_versions)

    assert note(date(2026, 6, 30)).version == "1"
    latest = note(date(2026, 7, 1))
    assert (latest.version, latest.title) == ("2", "Nota a Ada")
    assert "Edizione 2" in text_of(latest)
    old = note(date(2026, 7, 1), version="1")
    assert "Edizione 1" in text_of(old)


def test_broken_template_files_are_named(two_versions: Path) -> None:
    (two_versions / "note/2.typ").write_text("#nothing-of-the-kind")
    with pytest.raises(PaperNotDrawn, match="nothing-of-the-kind") as error:
        render_paper(template="note", values={"to": "Ada"}, on=ON, folder=two_versions)
    assert error.value.code == "papers.drawing.failed"
    (two_versions / "memo").mkdir()
    (two_versions / "memo/1.yaml").write_text("from: tomorrow\n")
    with pytest.raises(PaperTemplateWrong, match=r"memo/1\.yaml") as wrong:
        template_versions(name="memo", folder=two_versions)
    assert wrong.value.code == "papers.template.file-wrong"


def test_every_template_has_a_specimen_and_every_figure_its_citation() -> None:
    import yaml

    names = {folder.name for folder in TEMPLATES.iterdir() if folder.name != "parts"}
    assert names == {template for template, _ in SPECIMENS.values()}
    figures = yaml.safe_load((TEMPLATES / "parts/1.yaml").read_text())["figures"]
    assert all(figure["cite"]["act"] for figure in figures.values())
