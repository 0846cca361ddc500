"""Scans and photographs as customers hand them in: identity cards, letters, signed papers, meters. Made, not taken.

Pure: the same words give the same bytes.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PIL import Image, ImageDraw, ImageFont

from sorgente.journeys.demo.handwriting import strokes_of
from sorgente.journeys.demo.population import Customer

_PAPER, _INK = "#f7f4ec", "#22242a"
_A4 = (620, 877)  # 75 dots an inch: to be read on a page, small in the archive


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """A copy of an identity document and what is written on it."""

    content: bytes
    filename: str
    number: str
    issuer: str
    issued_on: date
    expires_on: date


def identity_card(one: Customer, *, on: date) -> IdentityCard:
    """Return the front of an electronic identity card, valid on a day."""
    rnd = random.Random(f"card-{one.tax_code}")
    letters = "ABCDEFGHLMNPRSTVZ"
    number = f"C{rnd.choice(letters)}{rnd.randrange(10**5):05d}{rnd.choice(letters)}{rnd.choice(letters)}"
    issued_on = on - timedelta(days=rnd.randrange(200, 2500))
    expires_on = date(issued_on.year + 10, issued_on.month, min(issued_on.day, 28))
    issuer = f"Comune di {one.municipality}"
    picture = Image.new("RGB", (640, 404), "#e6eef2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 639, 54), fill="#2b5f75")
    _write(draw, (20, 12), "CARTA DI IDENTITÀ · FAC-SIMILE", 26, "white")
    draw.rectangle((24, 84, 190, 300), fill="#c9d3d8", outline="#7b8a92")
    draw.ellipse((72, 112, 142, 192), fill="#93a3ab")
    draw.pieslice((48, 200, 166, 360), 180, 360, fill="#93a3ab")
    born = f"{one.born_on:%d.%m.%Y}" if one.born_on else ""
    lines = (
        ("COGNOME", one.surname), ("NOME", one.first_name), ("NATO IL", born), ("COMUNE", one.municipality.upper()),
        ("EMISSIONE", f"{issued_on:%d.%m.%Y}"), ("SCADENZA", f"{expires_on:%d.%m.%Y}"),
    )  # fmt: skip
    for row, (label, value) in enumerate(lines):
        _write(draw, (220, 78 + row * 44), label, 13, "#52707d")
        _write(draw, (220, 94 + row * 44), value, 20, _INK)
    _write(draw, (24, 352), number, 24, "#a03030")
    _write(draw, (220, 352), one.tax_code, 20, _INK)
    return IdentityCard(
        _jpeg(picture), f"carta_identita_{one.surname.lower().replace(chr(39), '')}.jpg", number, issuer, issued_on,
        expires_on,
    )  # fmt: skip


def letter(title: str, lines: Sequence[str], *, signed_by: str = "") -> bytes:
    """Return a page somebody wrote and scanned, as JPEG; with a signature under it when a name is given."""
    picture = Image.new("RGB", _A4, _PAPER)
    draw = ImageDraw.Draw(picture)
    _write(draw, (50, 50), title, 22, _INK)
    for row, line in enumerate(lines):
        _write(draw, (50, 105 + row * 25), line, 14, _INK)
    if signed_by:
        for stroke in strokes_of(signed_by):
            draw.line([(300 + x / 2.2, 700 + y / 2.2) for x, y in stroke], fill="#1d2f6f", width=2)
    return _jpeg(picture)


def meter_photo(serial: str, index_m3: int) -> bytes:
    """Return a photograph of a meter's face."""
    picture = Image.new("RGB", (480, 360), "#5b544c")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((70, 10, 410, 350), fill="#d7d9d6", outline="#8d7a3f", width=12)
    for place, digit in enumerate(f"{index_m3 % 10**5:05d}"):
        left = 128 + place * 46
        draw.rectangle((left, 120, left + 40, 180), fill="#101010")
        _write(draw, (left + 10, 126), digit, 40, "white")
    _write(draw, (210, 200), "m³", 24, _INK)
    _write(draw, (150, 250), f"n. {serial}", 20, _INK)
    return _jpeg(picture)


def one_page_pdf(lines: Sequence[str]) -> bytes:
    """Return a PDF of one page with these lines, written by hand so that its bytes follow from them alone."""
    shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    drawn = f"BT /F1 11 Tf 15 TL 60 780 Td\n{shown}ET".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    return content + table + trailer


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _write(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: str) -> None:
    draw.text(at, text, fill=fill, font=ImageFont.load_default(size))


def _jpeg(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=70)
    return kept.getvalue()
