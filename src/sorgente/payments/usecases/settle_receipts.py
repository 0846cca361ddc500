from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
from django.db import connection, transaction

from sorgente.billing.queries.bill_keys import bill_columns
from sorgente.payments.core.receipt_columns import RECEIPTS
from sorgente.payments.usecases.post_payments import post_payments
from sorgente.shared.columns import read_arrow
from sorgente.shared.errors import SorgenteError

# Bounds memory and the size of one transaction, whatever the size of the push.
ROWS_AT_ONCE = 50_000


class ReceiptChanged(SorgenteError):
    code = "payments.receipt.changed"


@dataclass(slots=True)
class ReceiptsSettled:
    """Each receipt is counted once: new, repeated (seen before, nothing done), or refused."""

    new: int = 0
    repeated: int = 0
    matched: int = 0
    suspense: int = 0
    settled_cents: int = 0
    credit_cents: int = 0  # left over after the bill: the customers' money
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)  # (receipt id, why)


def settle_receipts(*, receipts: pa.Table, creditor: str, recorded_at: datetime) -> ReceiptsSettled:
    """Book pagoPA receipts and settle the bills of their notices, in pieces that are each whole or absent.

    receipts  columns of core.receipt_columns.RECEIPTS
    creditor  our tax code; with the receipt id it is the key, and the same key is settled once, ever

    A bill paid twice leaves a customer credit; a notice we do not know waits in suspense.
    """
    done = ReceiptsSettled()
    asked = receipts.select(RECEIPTS.names).cast(RECEIPTS)
    for start in range(0, asked.num_rows, ROWS_AT_ONCE):
        with transaction.atomic():
            _settle(asked.slice(start, ROWS_AT_ONCE), creditor, recorded_at, done)
    return done


def _settle(receipts: pa.Table, creditor: str, recorded_at: datetime, done: ReceiptsSettled) -> None:
    frame = pl.from_arrow(receipts)
    assert isinstance(frame, pl.DataFrame)
    frame = frame.with_columns(fingerprint=pl.lit(f"receipt:{creditor}/") + pl.col("receipt_id"))
    frame = _new_ones(frame, done)
    if frame.is_empty():
        return
    frame = frame.join(_positions(frame["notice"]), on="notice", how="left", maintain_order="left")
    posted = post_payments(
        payments=frame.with_columns(
            kind=pl.lit("pagopa"),
            matched_by=pl.when(pl.col("bill_id").is_not_null()).then(pl.lit("notice")).otherwise(pl.lit("")),
            remittance=pl.col("description"),
            references=_references(frame),
            statement_file_id=pl.lit(None, dtype=pl.Int64),
        ),
        debit="pagopa-clearing",
        recorded_at=recorded_at,
        description="pagoPA",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_debtposition SET state = 'paid' WHERE id = ANY(%s) AND state <> 'paid'",
            [frame["position_id"].drop_nulls().unique().to_list()],
        )
    matched = int(frame["bill_id"].is_not_null().sum())
    done.new += frame.height
    done.matched += matched
    done.suspense += frame.height - matched
    done.settled_cents += posted.settled_cents
    done.credit_cents += posted.credit_cents


def _references(frame: pl.DataFrame) -> pl.Series:
    rows = frame.select("notice", "iuv").iter_rows()
    return pl.Series([orjson.dumps({"notice": notice, "iuv": iuv}).decode() for notice, iuv in rows], dtype=pl.String)


def _new_ones(frame: pl.DataFrame, done: ReceiptsSettled) -> pl.DataFrame:
    """Return the receipts never seen; count those seen before, refuse those that say something else now."""
    there = read_arrow(
        connection,
        "SELECT fingerprint, content::text AS content FROM payments_payment WHERE fingerprint = ANY(%(prints)s)",
        {"prints": frame["fingerprint"].to_list()},
    )
    seen = dict(zip(there["fingerprint"].to_pylist(), there["content"].to_pylist(), strict=True))
    doubled = frame.filter(pl.col("fingerprint").is_duplicated())
    if not seen and doubled.is_empty():
        return frame
    keep = np.ones(frame.height, dtype=bool)
    suspects = set(doubled["fingerprint"]) | set(seen)
    for place, row in enumerate(frame.select("fingerprint", "receipt_id", "content").iter_rows()):
        fingerprint, receipt_id, content = row
        if fingerprint not in suspects:
            continue
        before = seen.get(fingerprint)
        if before is None:
            seen[fingerprint] = content
            continue
        keep[place] = False
        changed = _first_difference(orjson.loads(before), orjson.loads(content))
        if changed is None:
            done.repeated += 1
        else:
            done.refusals.append((receipt_id, _changed(receipt_id, *changed)))
    return frame.filter(pl.Series(keep))


def _first_difference(before: dict[str, Any], now: dict[str, Any]) -> tuple[str, Any, Any] | None:
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            return name, before.get(name), now.get(name)
    return None


def _changed(receipt_id: str, name: str, before: Any, now: Any) -> ReceiptChanged:
    return ReceiptChanged(
        f"Receipt {receipt_id}",
        f"It came before with {name} {before!r}, now with {now!r}; the first one stands.",
        "Ask pagoPA which of the two is right; book a difference by hand.",
    )


def _positions(notices: pl.Series) -> pl.DataFrame:
    rows = read_arrow(
        connection,
        "SELECT id AS position_id, notice_number AS notice, bill_id FROM payments_debtposition"
        " WHERE notice_number = ANY(%(notices)s)",
        {"notices": notices.unique().to_list()},
    )
    found = pl.from_arrow(rows)
    bills = pl.from_arrow(bill_columns(rows["bill_id"].to_numpy()))
    assert isinstance(found, pl.DataFrame)
    assert isinstance(bills, pl.DataFrame)
    return found.join(bills, on="bill_id")
