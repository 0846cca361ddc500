"""From document to papers: e-invoice, its check, the PDF that carries it. Runs in worker processes, without Django."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sorgente.billing.adapters.bill_pdf import render_bill
from sorgente.billing.adapters.einvoice import einvoice_file_name, einvoice_xml
from sorgente.billing.adapters.einvoice_check import check_einvoice
from sorgente.billing.core.document import BillDocument
from sorgente.billing.core.totals import document_gaps
from sorgente.shared.errors import SorgenteError

_LOG = logging.getLogger(__name__)


class BillDoesNotAddUp(SorgenteError):
    """The document contradicts itself: it must not leave."""

    code = "billing.papers.bill-does-not-add-up"


class EinvoiceWouldBeDiscarded(SorgenteError):
    """SdI would send it back; the bill waits until its data are mended."""

    code = "billing.papers.einvoice-would-be-discarded"


class BillBreaksProgram(SorgenteError):
    """A defect of the program met by one bill: the others go on, the trace is in the log."""

    code = "billing.papers.bill-breaks-program"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One bill to be drawn. `progressive` is the unique part of its e-invoice's name."""

    bill_id: int
    bill: BillDocument
    progressive: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The papers of one bill, or why there are none."""

    bill_id: int
    einvoice_name: str = ""
    einvoice: bytes = b""
    pdf: bytes = b""
    problem: SorgenteError | None = None


def draw_bills(drawings: Sequence[Drawing], fonts: Path | None) -> list[Drawn]:
    """Return the papers of bills in their order; a bill that fails carries its problem and stops nobody."""
    return [_draw(drawing, fonts) for drawing in drawings]


class DrawingHere(Executor):
    """Draws in the caller's own process: for a few bills, which are done before processes start."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


def _draw(drawing: Drawing, fonts: Path | None) -> Drawn:
    bill = drawing.bill
    number = bill.header.number
    try:
        gaps = document_gaps(bill)
        if gaps:
            raise BillDoesNotAddUp(f"Bill {number}", " ".join(gaps), "Report it: bills are computed, never typed.")
        name = einvoice_file_name(bill.issuer, progressive=drawing.progressive)
        einvoice = einvoice_xml(bill, progressive=drawing.progressive)
        problems = check_einvoice(einvoice, subject=name)
        if problems:
            raise EinvoiceWouldBeDiscarded(
                f"Bill {number}",
                " ".join(f"{problem.code}: {problem.message}" for problem in problems[:3]),
                "Mend the customer's or the utility's data; then render again.",
            )
        pdf = render_bill(bill, einvoice=einvoice, fonts=fonts, einvoice_name=name)
    except SorgenteError as problem:
        return Drawn(drawing.bill_id, problem=problem)
    except Exception as defect:
        _LOG.exception("Bill %s cannot be drawn.", number)
        named = BillBreaksProgram(
            f"Bill {number}", f"{type(defect).__name__}: {defect}.", "Report it with the log; the bill waits."
        )
        return Drawn(drawing.bill_id, problem=named)
    return Drawn(drawing.bill_id, name, einvoice, pdf)
