"""The pages of a PDF to be signed."""

from __future__ import annotations

from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from sorgente.shared.errors import SorgenteError


class NotAPdf(SorgenteError):
    code = "signing.document.not-a-pdf"


def page_boxes(content: bytes, *, subject: str) -> list[tuple[float, float, float, float]]:
    """Return the media box of every page, in points; raises NotAPdf."""
    try:
        reader = PdfFileReader(BytesIO(content))
        if reader.encrypted:
            raise NotAPdf(f"Document {subject}", "It is encrypted.", "Make it again as PDF/A without a password.")
        return [_box(reader, number) for number in range(int(reader.root["/Pages"]["/Count"]))]
    except (PdfError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotAPdf(
            f"Document {subject}", f"It cannot be read as a PDF: {error}.", "Make it again as PDF/A."
        ) from error


def _box(reader: PdfFileReader, number: int) -> tuple[float, float, float, float]:
    node = reader.find_page_for_modification(number)[0].get_object()
    while "/MediaBox" not in node:
        node = node["/Parent"]
    left, bottom, right, top = (float(one) for one in node["/MediaBox"])
    return left, bottom, right, top
