"""Draw a paper with Typst: PDF/A-3a and PDF/UA-1 in one file, and where on it the customer signs.

The drawing itself says where its signature boxes came to lie (metadata labelled <sign-field>), so a longer address
or one clause more never moves a signature off its box. The same values always give the same bytes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
import typst

from sorgente.archive.papers.catalogue import (
    TEMPLATES,
    PaperTemplateNotInForce,
    Template,
    template_on,
    template_versions,
)
from sorgente.archive.papers.values import long_day, worded_values
from sorgente.archive.signing.core.values import FieldKind, SignField
from sorgente.shared.company import Company, company
from sorgente.shared.errors import SorgenteError

STANDARDS: list[Any] = ["a-3a", "ua-1"]
PAGE_HEIGHT_PT = 841.8898  # A4, 297 mm
_DRAWING = Lock()  # a Typst world serves one caller at a time


class PaperNotDrawn(SorgenteError):
    code = "papers.drawing.failed"


@dataclass(frozen=True, slots=True)
class Paper:
    """A drawn paper: its PDF, which template and version it is, its title, where it is signed, its kind of document."""

    content: bytes
    template: str
    version: str
    title: str
    fields: tuple[SignField, ...]
    kind: str


def render_paper(
    *, template: str, values: Mapping[str, Any], on: date, version: str | None = None, folder: Path = TEMPLATES
) -> Paper:
    """Return the paper drawn with the version in force on a day.

    values   as the template's description asks (templates/<name>/<version>.yaml): str, date, datetime, int cents …
    on       the day of the paper; chooses the version and is printed
    version  draws again with an older version instead
    raises   PaperTemplateUnknown, PaperTemplateNotInForce, PaperValueMissing, PaperValueWrong, PaperValueUnknown,
             PaperNotDrawn
    """
    chosen = _version(template, version, on, folder)
    worded = worded_values(template=chosen, values=values)
    title = _title(chosen.title, worded)
    view = {
        "title": title,
        "edition": f"Modello {chosen.name} versione {chosen.version}, in uso dal {long_day(chosen.starts_on)}",
        "on": long_day(on),
        "on_parts": [on.year, on.month, on.day],
        "company": _company_view(company()),
        "figures": dict(chosen.figures),
        "v": worded,
    }
    try:
        with _DRAWING:
            world = _world(chosen.drawing, folder, fonts_folder())
            content = world.compile(
                format="pdf",
                sys_inputs={"paper": orjson.dumps(view).decode()},
                pdf_standards=STANDARDS,
                timestamp=datetime.combine(on, time(12), tzinfo=UTC),
            )
            places = orjson.loads(world.query("<sign-field>", field="value"))
    except typst.TypstError as error:
        raise PaperNotDrawn(
            f"Paper {chosen.name} version {chosen.version}",
            f"The drawing failed: {error.message}.",
            "Mend the template or the values.",
        ) from None
    assert isinstance(content, bytes)
    fields = tuple(_field(place) for place in places)
    return Paper(content, chosen.name, chosen.version, title, fields, chosen.kind)


def fonts_folder() -> Path | None:
    """Return the folder of Titillium Web and Roboto Mono: SORGENTE_FONTS, else the front-end packages of a checkout."""
    named = os.environ.get("SORGENTE_FONTS")
    if named:
        return Path(named)
    packaged = Path(__file__).resolve().parents[4] / "node_modules/bootstrap-italia/dist/fonts"
    return packaged if packaged.is_dir() else None


def _version(template: str, version: str | None, on: date, folder: Path) -> Template:
    if version is None:
        return template_on(name=template, on=on, folder=folder)
    versions = template_versions(name=template, folder=folder)
    for one in versions:
        if one.version == version:
            return one
    raise PaperTemplateNotInForce(
        f"Paper {template}", f"It has no version {version}.", f"Choose among: {', '.join(v.version for v in versions)}."
    )


def _title(pattern: str, worded: Mapping[str, Any]) -> str:
    def word(name: re.Match[str]) -> str:
        value: Any = worded
        for part in name.group(1).split("."):
            value = value[part]
        return str(value)

    return re.sub(r"\{([a-z_.]+)\}", word, pattern)


def _field(place: Mapping[str, Any]) -> SignField:
    left, top = place["x"], PAGE_HEIGHT_PT - place["y"]
    box = (left, top - place["height"], left + place["width"], top)
    return SignField(
        key=place["key"],
        kind=FieldKind(place["kind"]),
        label=place["label"],
        required=place["required"],
        page=place["page"] - 1,
        box=tuple(round(edge, 2) for edge in box),
    )


def _company_view(us: Company) -> dict[str, Any]:
    seat = us.address
    register = f"REA {us.rea_office}-{us.rea_number}"
    return {
        "name": us.name,
        "monogram": us.monogram,
        "accent": us.accent_colour,
        "address": f"{seat.street} {seat.number}, {seat.postcode} {seat.town} ({seat.province})",
        "town": seat.town,
        "legal": f"{us.name} · {seat.street} {seat.number}, {seat.postcode} {seat.town} {seat.province}"
        f" · P. IVA {us.vat_code} · {register}",
        "tax_code": us.tax_code,
        "vat_code": us.vat_code,
        "register": register,
        "creditor_id": us.creditor_id,
        "phone": us.contacts.phone,
        "phone_hours": us.contacts.phone_hours,
        "emergency_phone": us.contacts.emergency_phone,
        "email": us.contacts.email,
        "pec": us.contacts.pec,
        "web": us.contacts.web,
        "desk": us.contacts.desk,
        "complaints": us.contacts.complaints,
        "self_reading": us.contacts.self_reading,
    }


@lru_cache(maxsize=32)
def _world(drawing: Path, folder: Path, fonts: Path | None) -> typst.Compiler:
    return typst.Compiler(
        str(drawing),
        root=str(folder),
        font_paths=[str(fonts)] if fonts else [],
        ignore_system_fonts=True,
        sys_inputs={},
    )
