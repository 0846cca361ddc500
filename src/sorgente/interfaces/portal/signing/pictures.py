"""A document as pictures and as text, page by page: no PDF viewer is asked of a tablet or a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from threading import Lock

import pypdfium2
from PIL import ImageDraw

from sorgente.archive.queries.documents import read_document

SCALE = 2.0  # pixels a point: sharp on a tablet at full width
_ABOVE_POINTS = 230  # what of the page above a box is shown with it, and below: a statement is longer than its box
_BELOW_POINTS = 130
_MARK = "#0066cc"
_DRAWING = Lock()  # pdfium serves one caller at a time


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page: its number from 1, its size in pixels as it is shown, its text."""

    number: int
    width: int
    height: int
    text: str


@lru_cache(maxsize=16)
def pages_of(sha256: str) -> tuple[PageFacts, ...]:
    """Return the pages of a document of the archive; raises DocumentDamaged, DocumentFileMissing."""
    with _DRAWING:
        document = pypdfium2.PdfDocument(read_document(sha256))
        try:
            return tuple(
                PageFacts(
                    at + 1,
                    round(page.get_width() * SCALE),
                    round(page.get_height() * SCALE),
                    page.get_textpage().get_text_bounded().replace("\r\n", "\n").replace("￾", "-"),
                )
                for at, page in enumerate(document)
            )
        finally:
            document.close()


@lru_cache(maxsize=64)
def page_picture(sha256: str, number: int) -> bytes:
    """Return page `number`, from 1, as PNG."""
    return _png(sha256, number - 1, None)


@lru_cache(maxsize=64)
def box_picture(sha256: str, page: int, box: Sequence[float]) -> bytes:
    """Return the part of a page (from 0) around a box, the box marked, as PNG: the clause as it is printed."""
    return _png(sha256, page, box)


def box_picture_size(sha256: str, page: int, box: Sequence[float]) -> tuple[int, int]:
    """Return width and height of `box_picture`, in pixels."""
    facts = pages_of(sha256)[page]
    above, below = _cut(facts.height, box)
    return facts.width, below - above


@lru_cache(maxsize=64)
def box_text(sha256: str, page: int, box: Sequence[float], tops: Sequence[float]) -> str:
    """Return the statement printed beside a box; `tops` are the upper edges of the page's boxes, where others begin."""
    left, bottom, _, top = box
    floor = max([bottom - _BELOW_POINTS, *(other + 4 for other in tops if other < bottom)])
    with _DRAWING:
        document = pypdfium2.PdfDocument(read_document(sha256))
        try:
            text = document[page].get_textpage().get_text_bounded(left=0, bottom=floor, right=left, top=top + 4)
        finally:
            document.close()
    return " ".join(text.split())


def _png(sha256: str, page: int, box: Sequence[float] | None) -> bytes:
    with _DRAWING:
        document = pypdfium2.PdfDocument(read_document(sha256))
        try:
            picture = document[page].render(scale=SCALE).to_pil().convert("RGB")
        finally:
            document.close()
    if box is not None:
        left, bottom, right, top = box
        height = picture.height
        frame = (left * SCALE, height - top * SCALE, right * SCALE, height - bottom * SCALE)
        ImageDraw.Draw(picture).rounded_rectangle(frame, radius=6, outline=_MARK, width=5)
        above, below = _cut(height, box)
        picture = picture.crop((0, above, picture.width, below))
    out = BytesIO()
    picture.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def _cut(height: int, box: Sequence[float]) -> tuple[int, int]:
    """Return from where to where, in pixels from the top, a page of this height is shown with a box."""
    _, bottom, _, top = box
    above = height - (top + _ABOVE_POINTS) * SCALE
    below = height - (bottom - _BELOW_POINTS) * SCALE
    return max(0, round(above)), min(height, round(below))
