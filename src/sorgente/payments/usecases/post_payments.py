from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sorgente.ledger.queries.item_columns import items_of_transactions, open_receivables
from sorgente.ledger.usecases.allocate_columns import allocate_columns
from sorgente.ledger.usecases.post_columns import PostingColumns, account_ids, post_columns
from sorgente.payments.core.settling import share_out
from sorgente.shared.columns import copy_columns
from sorgente.shared.id_blocks import take_ids

# bill_id, bill_number and contract_account_id are all there, or all empty: then the money waits in suspense.
PAYMENTS = pl.Schema(
    {
        "fingerprint": pl.String,
        "kind": pl.String,
        "matched_by": pl.String,
        "cents": pl.Int64,
        "paid_on": pl.Date,
        "payer": pl.String,
        "remittance": pl.String,
        "references": pl.String,
        "content": pl.String,
        "bill_id": pl.Int64,
        "bill_number": pl.String,
        "contract_account_id": pl.Int64,
        "document_id": pl.Int64,
        "statement_file_id": pl.Int64,
    }
)


@dataclass(frozen=True, slots=True)
class Posted:
    """settled_cents went to bills; credit_cents was left over and is the customers' money."""

    settled_cents: int
    credit_cents: int


def post_payments(*, payments: pl.DataFrame, debit: str, recorded_at: datetime, description: str) -> Posted:
    """Book many payments that came in, and settle the bills they are for. Must run inside a transaction.

    payments  columns of PAYMENTS, none of them booked before
    debit     ledger account the money stands on: bank, pagopa-clearing
    """
    frame = payments.select(PAYMENTS.names()).cast(PAYMENTS)
    if frame.is_empty():
        return Posted(0, 0)
    with connection.cursor() as cursor:
        frame = frame.with_columns(id=pl.Series(take_ids(cursor, "payments_payment", frame.height)))
    known = pl.col("bill_id").is_not_null()
    posted = [
        _post(part, debit, recorded_at, description)
        for _, day in frame.group_by("paid_on", maintain_order=True)
        for part in (day.filter(known), day.filter(~known))
        if part.height
    ]
    frame = pl.concat(posted)
    _record(frame)
    return _settle(frame.filter(known))


def _post(part: pl.DataFrame, debit: str, recorded_at: datetime, description: str) -> pl.DataFrame:
    """Post payments of one day that all have a bill, or all have none; returns them with transaction_id."""
    accounts = account_ids()
    size = part.height
    cents = part["cents"].to_numpy()
    known = part["bill_id"][0] is not None
    sides = [accounts[debit]] if known else [accounts[debit], accounts["suspense"]]
    day: date = part["paid_on"][0]
    ids = post_columns(
        PostingColumns(
            source=_text(pl.lit("payment:") + pl.col("fingerprint"), part),
            reference=_text(pl.lit("payment ") + pl.col("id").cast(pl.String), part),
            contract_account=part["contract_account_id"].fill_null(0).to_numpy(),
            due_on=part["paid_on"].to_numpy().astype("datetime64[D]"),
            customer_cents=-cents if known else np.zeros(size, dtype=np.int64),
            of=np.repeat(np.arange(size, dtype=np.int64), len(sides)),
            account=np.tile(np.array(sides, dtype=np.int64), size),
            cents=cents if known else np.column_stack([cents, -cents]).ravel(),
        ),
        kind="payment",
        booked_on=day,
        recorded_at=recorded_at,
        description=description,
    )
    return part.with_columns(transaction_id=pl.Series(ids))


def _record(frame: pl.DataFrame) -> None:
    matched = pa.array(frame["bill_id"].is_not_null().to_numpy())
    paid_on = frame["paid_on"].to_numpy().astype("datetime64[D]")
    texts = ("fingerprint", "kind", "matched_by", "payer", "remittance", "references", "content")
    numbers = ("id", "cents", "transaction_id", "document_id")
    optional = ("contract_account_id", "bill_id", "statement_file_id")
    with connection.cursor() as cursor:
        copy_columns(
            cursor,
            "payments_payment",
            {
                "match": pc.if_else(matched, "matched", "suspense"),
                "paid_on": paid_on,
                "booked_on": paid_on,
                **{name: _text(pl.col(name), frame) for name in texts},
                **{name: frame[name].to_numpy() for name in numbers},
                **{name: frame[name].to_arrow() for name in optional},
            },
        )


def _settle(frame: pl.DataFrame) -> Posted:
    if frame.is_empty():
        return Posted(0, 0)
    ids: npt.NDArray[np.int64] = frame["transaction_id"].to_numpy()
    credits = frame.select("cents", "paid_on", key="bill_number").with_columns(
        credit_id=pl.Series(items_of_transactions(ids))
    )
    items = pl.from_arrow(open_receivables(frame["bill_number"].unique().to_list()))
    assert isinstance(items, pl.DataFrame)
    shares = share_out(
        credits=credits.select("key", "credit_id", "cents"),
        receivables=items.select("open_cents", key="reference", receivable_id="item_id"),
    ).join(credits.select("credit_id", "paid_on"), on="credit_id")
    for (day,), part in shares.group_by("paid_on", maintain_order=True):
        assert isinstance(day, date)
        allocate_columns(
            receivable_id=part["receivable_id"].to_numpy(),
            credit_id=part["credit_id"].to_numpy(),
            cents=part["cents"].to_numpy(),
            allocated_on=day,
        )
    settled = int(shares["cents"].sum())
    return Posted(settled, int(frame["cents"].sum()) - settled)


def _text(expression: pl.Expr, frame: pl.DataFrame) -> pa.Array:
    return frame.select(expression.alias("text"))["text"].to_arrow().cast(pa.string())
