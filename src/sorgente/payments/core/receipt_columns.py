"""Receipts as columns, for a push of one as for a million at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa

from sorgente.payments.core.pagopa import Receipt
from sorgente.shared.errors import SorgenteError

_ROME = ZoneInfo("Europe/Rome")

# cents: our own part of the payment. content: all fields as they came, to compare a repetition with.
RECEIPTS = pa.schema(
    [
        pa.field("receipt_id", pa.string(), nullable=False),
        pa.field("notice", pa.string(), nullable=False),
        pa.field("iuv", pa.string(), nullable=False),
        pa.field("cents", pa.int64(), nullable=False),
        pa.field("paid_on", pa.date32(), nullable=False),
        pa.field("payer", pa.string(), nullable=False),
        pa.field("description", pa.string(), nullable=False),
        pa.field("content", pa.string(), nullable=False),
        pa.field("document_id", pa.int64(), nullable=False),
    ]
)


class ReceiptForSomebodyElse(SorgenteError):
    code = "payments.receipt.for-somebody-else"


class ReceiptWithoutPayment(SorgenteError):
    code = "payments.receipt.without-payment"


def our_cents(receipt: Receipt, *, creditor: str) -> int:
    """Return what of a payment is ours: our transfers, or all of it where none are listed.

    raises  ReceiptForSomebodyElse, ReceiptWithoutPayment
    """
    subject = f"Receipt {receipt.receipt_id}"
    if receipt.outcome != "OK":
        raise ReceiptWithoutPayment(
            subject, f"Its outcome is {receipt.outcome}.", "Nothing was paid; nothing is to do."
        )
    ours = sum(transfer.cents for transfer in receipt.transfers if transfer.creditor == creditor)
    if not receipt.transfers and receipt.creditor == creditor:
        ours = receipt.cents
    if ours <= 0:
        raise ReceiptForSomebodyElse(
            subject,
            f"It pays {receipt.creditor}, not {creditor}.",
            "Check the station it was sent to, and the tax code in the company file.",
        )
    return ours


def paid_on(moment: datetime) -> date:
    """Return the Italian day of an instant; pagoPA writes local time without an offset."""
    return moment.date() if moment.tzinfo is None else moment.astimezone(_ROME).date()


def content_of(receipt: Receipt) -> str:
    """Return every field of a receipt as JSON text with sorted keys."""
    return orjson.dumps(receipt, option=orjson.OPT_SORT_KEYS).decode()


def receipt_columns(receipts: Iterable[tuple[Receipt, int, int]]) -> pa.Table:
    """Return columns of RECEIPTS from (receipt, our cents, id of the document that holds it)."""
    rows = [
        {
            "receipt_id": receipt.receipt_id,
            "notice": receipt.notice or "",
            "iuv": receipt.iuv,
            "cents": cents,
            "paid_on": paid_on(receipt.paid_at),
            "payer": (receipt.debtor or "")[:140],
            "description": receipt.description or "",
            "content": content_of(receipt),
            "document_id": document_id,
        }
        for receipt, cents, document_id in receipts
    ]
    return pa.Table.from_pylist(rows, schema=RECEIPTS)
