"""The bill as PDF: Typst template, PDF/A-3a and PDF/UA-1 in one file, with the e-invoice attached.

One Typst world per process and font folder is kept and used again: reading fonts and templates costs more
than setting a bill. The same document always gives the same bytes: nothing in the file is taken from the clock.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, time
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
import typst

from sorgente.billing.adapters.bill_view import bill_view
from sorgente.billing.core.document import BillDocument
from sorgente.shared.errors import SorgenteError

STANDARDS: list[Any] = ["a-3a", "ua-1"]
_TEMPLATES = Path(__file__).parent / "templates"
_DRAWING = Lock()  # a Typst world serves one caller at a time; speed comes from processes


class BillNotDrawn(SorgenteError):
    code = "billing.papers.bill-not-drawn"


def render_bill(
    bill: BillDocument, *, einvoice: bytes | None, fonts: Path | None, einvoice_name: str = "fattura.xml"
) -> bytes:
    """Return the bill's PDF.

    einvoice        the FatturaPA XML to attach, as it is transmitted; None attaches nothing
    fonts           folder with Titillium Web and Roboto Mono; None uses the fonts inside Typst
    einvoice_name   its file name in the PDF
    raises          BillNotDrawn, with Typst's own reason
    """
    view = bill_view(bill, einvoice_name=einvoice_name if einvoice is not None else None)
    inputs = {"bill": orjson.dumps(view).decode()}
    if einvoice is not None:
        inputs |= {"einvoice": einvoice.decode(), "einvoice_name": einvoice_name}
    issued_at = datetime.combine(bill.header.issued_on, time(12), tzinfo=UTC)
    try:
        with _DRAWING:
            drawn = _world(fonts).compile(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS, timestamp=issued_at)
    except typst.TypstError as error:
        raise BillNotDrawn(
            f"Bill {bill.header.number}",
            f"The template failed: {error.message}.",
            "Mend the template or the bill's texts.",
        ) from None
    assert isinstance(drawn, bytes)
    return drawn


def bill_fonts() -> Path | None:
    """Return the folder of Titillium Web and Roboto Mono: SORGENTE_FONTS, else the front-end packages of a checkout."""
    named = os.environ.get("SORGENTE_FONTS")
    if named:
        return Path(named)
    packaged = Path(__file__).resolve().parents[4] / "node_modules/bootstrap-italia/dist/fonts"
    return packaged if packaged.is_dir() else None


def drawing_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool whose workers draw bills: the way to speed, because one Typst world serves one caller.

    Workers are spawned, never forked: a fork would copy Typst's threads half-way through their work and hang.
    """
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_start_drawing_process)


def _start_drawing_process() -> None:
    os.environ.setdefault("RAYON_NUM_THREADS", "1")  # the processes share the cores; threads would only contend


@lru_cache(maxsize=4)
def _world(fonts: Path | None) -> typst.Compiler:
    return typst.Compiler(
        str(_TEMPLATES / "bill.typ"),
        root=str(_TEMPLATES),
        font_paths=[str(fonts)] if fonts else [],
        ignore_system_fonts=True,
        sys_inputs={},
    )
