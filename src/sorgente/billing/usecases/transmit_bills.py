from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from sorgente.archive.queries.documents import read_document
from sorgente.billing.adapters.sdi_outbox import EinvoiceTransport, FolderTransport
from sorgente.billing.core.step_result import StepResult
from sorgente.billing.models import Bill, BillingRun
from sorgente.billing.queries.waiting_bills import in_chunks, waiting_bills
from sorgente.billing.usecases.step_records import TRANSMITTED, named, record_done, record_refusals
from sorgente.shared.errors import SorgenteError

_CHUNK = 500


def transmit_bills(
    *,
    transmitted_at: datetime,
    transport: EinvoiceTransport | None = None,
    bill_ids: Iterable[int] | None = None,
    run: BillingRun | None = None,
    progress: Callable[[int], None] | None = None,
) -> StepResult:
    """Hand the e-invoices that have not left to the transport, in the order of their numbers.

    transport the way to SdI; left out, the folder SDI_OUTBOX of the settings
    bill_ids  these bills, or those of `run`: one of the two; bills without papers wait for them
    returns   done and refused (what the archive or the transport said)
    raises    WrongUse

    A file sent but not yet marked, because the program was killed, is sent again under the same name.
    """
    result = StepResult()
    way = transport or FolderTransport(Path(settings.SDI_OUTBOX))
    condition = Q(transmitted_at=None) & ~Q(einvoice=None)
    for ids in in_chunks(waiting_bills(condition, bill_ids=bill_ids, run=run), _CHUNK):
        _transmit(ids, way, transmitted_at, result)
        if progress is not None:
            progress(len(ids))
    return result


@transaction.atomic
def _transmit(ids: list[int], transport: EinvoiceTransport, transmitted_at: datetime, result: StepResult) -> None:
    bills = Bill.objects.select_for_update(of=("self",)).filter(pk__in=ids, transmitted_at=None).order_by("id")
    refused: dict[int, SorgenteError] = {}
    sent: list[int] = []
    for bill_id, name, sha256 in bills.values_list("pk", "einvoice_name", "einvoice__sha256"):
        try:
            transport.send(name=name, content=read_document(sha256))
            sent.append(bill_id)
        except SorgenteError as problem:
            refused[bill_id] = problem
    Bill.objects.filter(pk__in=sent).update(transmitted_at=transmitted_at)
    record_done(sent, count=TRANSMITTED)
    record_refusals(refused)
    result.done += len(sent)
    result.refusals += named(refused)
