"""pagoPA receipts a second: recognised, matched to their notices, posted, allocated, in durable PostgreSQL."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sorgente.interfaces.commands.benches.own_database import own_database

_CREDITOR = "01234567890"
_ACCOUNTS = 5_000
_BILLS_AT_ONCE = 50_000


def measure(size: int) -> tuple[int, float, str]:
    """Settle `size` receipts, each of another notice, in an order that has nothing to do with the notices'.

    Not timed: the database, the bills and their positions. raises AssertionError when one is not matched rightly.
    """
    with own_database():
        from django.db import connection

        from sorgente.archive.usecases.store_document import store_document
        from sorgente.interfaces.commands.benches.issued_bills import ISSUED_AT, make_bills
        from sorgente.payments.usecases.open_positions import open_positions
        from sorgente.payments.usecases.settle_receipts import settle_receipts

        cents = np.arange(size, dtype=np.int64) % 9_000 + 100
        notices: list[str] = []
        for start in range(0, size, _BILLS_AT_ONCE):
            bills = make_bills(cents[start : start + _BILLS_AT_ONCE], accounts=min(size, _ACCOUNTS))
            opened = open_positions(bills=bills, segregation="01", opened_at=ISSUED_AT)
            notices += opened["notice_number"].to_pylist()
        document = store_document(
            content=b"bench", title="bench", kind="receipt", media_type="text/plain", subject=(), stored_at=ISSUED_AT
        )
        order = np.random.default_rng(7).permutation(size)
        receipts = _receipts(pa.array(notices), cents, document.pk).take(pa.array(order))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        done = settle_receipts(receipts=receipts, creditor=_CREDITOR, recorded_at=ISSUED_AT)
        seconds = time.perf_counter() - began
        if (done.matched, done.settled_cents, done.credit_cents) != (size, int(cents.sum()), 0):
            raise AssertionError(f"{done.matched} of {size} matched, {done.credit_cents} cents left over.")
    return size, seconds, "receipts/s"


def _receipts(notices: pa.Array, cents: np.ndarray, document_id: int) -> pa.Table:
    size = len(notices)
    return pa.table(
        {
            "receipt_id": pa.array([f"{number:032x}" for number in range(size)]),
            "notice": notices,
            "iuv": pc.utf8_slice_codeunits(notices, 1),
            "cents": cents,
            "paid_on": np.full(size, np.datetime64("2026-03-20")),
            "payer": pa.repeat("Rossi Mario", size),
            "description": pa.repeat("", size),
            "content": pa.repeat("{}", size),
            "document_id": np.full(size, document_id),
        }
    )
