from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from sorgente.archive.core.metadata import Formed
from sorgente.archive.usecases.store_document import Agent, Document, NewDocument, store_documents
from sorgente.billing.adapters.bill_pdf import bill_fonts, drawing_pool
from sorgente.billing.adapters.draw_bills import Drawing, DrawingHere, Drawn, draw_bills
from sorgente.billing.adapters.einvoice import einvoice_progressive
from sorgente.billing.core.document import BillDocument, CustomerKind
from sorgente.billing.core.payment_details import PaymentsOf
from sorgente.billing.core.step_result import StepResult
from sorgente.billing.models import Bill, BillingRun
from sorgente.billing.queries.bill_documents import activation_reference, bill_documents
from sorgente.billing.queries.papers_of_bills import pdf_name
from sorgente.billing.queries.waiting_bills import in_chunks, waiting_bills
from sorgente.billing.usecases.step_records import RENDERED, named, record_done, record_refusals
from sorgente.customers.access.queries.codes_to_print import PrintedCode
from sorgente.customers.access.usecases.keep_printed_codes import keep_printed_codes
from sorgente.shared.errors import SorgenteError

CHUNK = 240  # bills read, drawn and stored together: three chunks are in memory at once
_PIECE = 12  # bills a process is handed at a time
_WORTH_PROCESSES = 60  # fewer bills are drawn sooner here than processes start


@dataclass(frozen=True, slots=True)
class _Chunk:
    documents: dict[int, BillDocument]
    refused: dict[int, SorgenteError]
    drawn: list[Future[list[Drawn]]]


def render_bills(
    *,
    payments_of: PaymentsOf,
    rendered_at: datetime,
    bill_ids: Iterable[int] | None = None,
    run: BillingRun | None = None,
    workers: int = 2,
    processes: Executor | None = None,
    progress: Callable[[int], None] | None = None,
    chunk: int = CHUNK,
) -> StepResult:
    """Make e-invoice and PDF of the bills that have none, and store both in the archive.

    payments_of  asked chunk by chunk for what was prepared to collect the bills
    bill_ids     these bills, or those of `run`: one of the two
    processes    a `drawing_pool` kept for many calls (it takes a second or two to start); else one for this call
    progress     called with how many bills were seen to since the latest call
    returns      done and refused; a refused bill waits with its reason beside its contract in the run
    raises       WrongUse; FileNumberOutOfRange when the e-invoice names are used up

    Each chunk is stored in a transaction of its own: killed at any point, it is simply called again. A bill that has
    its papers keeps them, and the e-invoice its name, for ever.
    """
    waiting = waiting_bills(Q(document=None), bill_ids=bill_ids, run=run)
    result = StepResult()
    if not waiting:
        return result
    if processes is not None:
        _render(waiting, payments_of, rendered_at, processes, progress, chunk, result)
        return result
    pool = drawing_pool(workers) if workers > 1 and len(waiting) >= _WORTH_PROCESSES else DrawingHere()
    try:
        _render(waiting, payments_of, rendered_at, pool, progress, chunk, result)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return result


def _render(
    waiting: Sequence[int], payments_of: PaymentsOf, rendered_at: datetime, pool: Executor,
    progress: Callable[[int], None] | None, size: int, result: StepResult,
) -> None:  # fmt: skip
    """Keep one chunk being drawn while the next is read and the one before is stored."""
    drawing: deque[_Chunk] = deque()

    def finish() -> None:
        oldest = drawing.popleft()
        done = _store(oldest, rendered_at, result)
        if progress is not None:
            progress(done)

    for ids in in_chunks(waiting, size):
        drawing.append(_start(ids, payments_of, pool))
        if len(drawing) > 1:
            finish()
    while drawing:
        finish()


def _start(ids: list[int], payments_of: PaymentsOf, pool: Executor) -> _Chunk:
    found = bill_documents(ids, payments=payments_of(ids))
    numbers = iter(_take_file_numbers(len(found.ready)))
    drawings = [
        Drawing(bill_id, document, einvoice_progressive(next(numbers))) for bill_id, document in found.ready.items()
    ]
    fonts = bill_fonts()
    return _Chunk(found.ready, found.refused, [pool.submit(draw_bills, piece, fonts) for piece in _pieces(drawings)])


def _pieces(drawings: list[Drawing]) -> Iterable[list[Drawing]]:
    return (drawings[at : at + _PIECE] for at in range(0, len(drawings), _PIECE))


def _take_file_numbers(count: int) -> list[int]:
    """Return numbers that no e-invoice has had: those of bills that then fail are lost, never given again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_einvoice_number') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def _store(chunk: _Chunk, rendered_at: datetime, result: StepResult) -> int:
    """Store the papers of a chunk; returns how many bills it saw to."""
    drawn = [one for piece in chunk.drawn for one in piece.result()]
    good = [one for one in drawn if one.problem is None]
    refused = dict(chunk.refused) | {one.bill_id: one.problem for one in drawn if one.problem is not None}
    # Locked and asked again: another process may have rendered the same bills meanwhile, and the first stays.
    still = set(
        Bill.objects.select_for_update().filter(pk__in=[one.bill_id for one in good], document=None)
        .values_list("pk", flat=True)
    )  # fmt: skip
    good = [one for one in good if one.bill_id in still]
    papers = [paper for one in good for paper in _papers(one, chunk.documents[one.bill_id])]
    stored = store_documents(papers, stored_at=rendered_at)
    _link(good, stored[0::2], stored[1::2])
    _keep_codes([chunk.documents[one.bill_id] for one in good], rendered_at)
    record_done([one.bill_id for one in good], count=RENDERED)
    record_refusals(refused)
    result.done += len(good)
    result.refusals += named(refused)
    return len(drawn) + len(chunk.refused)


def _papers(drawn: Drawn, bill: BillDocument) -> tuple[NewDocument, NewDocument]:
    header = bill.header
    subjects = (f"bill:{header.number}", f"account:{bill.contract.account_code}")
    facts = {"bill": header.number, "issued_on": header.issued_on.isoformat(), "total_cents": header.total_cents}
    holder = bill.customer
    kind = {CustomerKind.PERSON: "PF", CustomerKind.PUBLIC_BODY: "PA"}.get(holder.kind, "PG")
    recipient = Agent("recipient", kind, holder.full_name, holder.tax_code or holder.vat_code)
    formed: Formed = {"agents": (recipient,), "register_number": header.number}
    return (
        NewDocument(
            drawn.einvoice, f"Fattura elettronica {header.number}", Document.Kind.EINVOICE, "application/xml", subjects,
            {**facts, "file_name": drawn.einvoice_name}, formed,
        ),
        NewDocument(
            drawn.pdf, f"Bolletta {header.number}", Document.Kind.BILL, "application/pdf", subjects,
            {**facts, "file_name": pdf_name(header.number)}, formed,
        ),
    )  # fmt: skip


def _keep_codes(bills: Sequence[BillDocument], at: datetime) -> None:
    """Let the activation codes that were printed hold."""
    printed = []
    for bill in bills:
        told = bill.activation
        if told is not None:
            reference = activation_reference(bill.header.number)
            printed.append(PrintedCode(reference, told.account_number, told.code, told.until_on, told.page, told.link))
    if printed:
        keep_printed_codes(printed, at=at)


def _link(drawn: Sequence[Drawn], einvoices: Sequence[Document], pdfs: Sequence[Document]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_bill b SET einvoice_id = p.einvoice, document_id = p.pdf, einvoice_name = p.name"
            " FROM unnest(%s::int8[], %s::int8[], %s::int8[], %s::text[]) AS p (id, einvoice, pdf, name)"
            " WHERE b.id = p.id",
            [
                [one.bill_id for one in drawn],
                [document.pk for document in einvoices],
                [document.pk for document in pdfs],
                [one.einvoice_name for one in drawn],
            ],
        )
