from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sorgente.archive.usecases.store_document import NewDocument, store_documents
from sorgente.payments.adapters.pagopa_receipt import read_receipts
from sorgente.payments.core.pagopa import Receipt
from sorgente.payments.core.receipt_columns import our_cents, receipt_columns
from sorgente.payments.usecases.settle_receipts import ReceiptsSettled, settle_receipts
from sorgente.shared.errors import SorgenteError


def import_receipts(*, files: Iterable[tuple[str, bytes]], creditor: str, imported_at: datetime) -> ReceiptsSettled:
    """Keep pagoPA receipts in the archive and settle what they pay; a file that cannot be read stops no other.

    files     (name, bytes) of paSendRT messages or JSON answers
    creditor  our tax code
    returns   refusals carry the file name, or the receipt id where the file could be read
    """
    refusals: list[tuple[str, SorgenteError]] = []
    read: list[tuple[str, bytes, list[tuple[Receipt, int]]]] = []
    for name, data in files:
        try:
            ours: list[tuple[Receipt, int]] = []
            for receipt in read_receipts(data, name):
                try:
                    ours.append((receipt, our_cents(receipt, creditor=creditor)))
                except SorgenteError as error:
                    refusals.append((receipt.receipt_id, error))
        except SorgenteError as error:
            refusals.append((name, error))
            continue
        if ours:
            read.append((name, data, ours))
    documents = store_documents(
        [
            NewDocument(
                content=data,
                title=name.rpartition("/")[2][:200],
                kind="receipt",
                media_type="application/json" if data.lstrip()[:1] in (b"{", b"[") else "application/xml",
                subject=[f"receipt:{receipt.receipt_id}"[:80] for receipt, _ in ours],
            )
            for name, data, ours in read
        ],
        stored_at=imported_at,
    )
    columns = receipt_columns(
        (receipt, cents, document.pk)
        for (_, _, ours), document in zip(read, documents, strict=True)
        for receipt, cents in ours
    )
    done = settle_receipts(receipts=columns, creditor=creditor, recorded_at=imported_at)
    done.refusals = refusals + done.refusals
    return done
