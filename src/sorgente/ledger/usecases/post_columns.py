from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection, transaction

from sorgente.ledger.core.posting import NotBalanced
from sorgente.ledger.models import LedgerAccount
from sorgente.shared.columns import copy_columns
from sorgente.shared.id_blocks import take_ids
from sorgente.shared.money import euro

Long = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PostingColumns:
    """Many transactions of one kind and day: n transactions, m entries, at most one customer entry in each.

    source, reference   (n,) text; the reference names the open item
    contract_account    (n,) int64, whose entry on `receivables` comes first among the transaction's entries
    due_on              (n,) datetime64[D]
    customer_cents      (n,) int64; zero: the transaction has no customer entry and no open item
    of                  (m,) int64, ascending: the row (0 … n-1) an entry belongs to
    account             (m,) int64, ids of ledger accounts
    cents               (m,) int64; zeros are left out
    """

    source: pa.Array
    reference: pa.Array
    contract_account: Long
    due_on: npt.NDArray[np.datetime64]
    customer_cents: Long
    of: Long
    account: Long
    cents: Long


def account_ids() -> dict[str, int]:
    """Return code -> id of every ledger account, for building columns."""
    return dict(LedgerAccount.objects.values_list("code", "id"))


def post_columns(
    postings: PostingColumns, *, kind: str, booked_on: date, recorded_at: datetime, description: str
) -> Long:
    """Record many transactions by COPY; returns their ids, (n,), in order. Must run inside a transaction.

    raises  NotBalanced naming the first source whose entries do not sum to zero; nothing is written then
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("post_columns writes several tables and must run inside a transaction.")
    size = postings.customer_cents.size
    if size == 0:
        return np.empty(0, dtype=np.int64)
    _check_balance(postings)
    receivables = LedgerAccount.objects.values_list("id", flat=True).get(code="receivables")
    owed = np.flatnonzero(postings.customer_cents)
    kept = np.flatnonzero(postings.cents)
    of = np.concatenate([owed, postings.of[kept]])
    order = np.argsort(of, kind="stable")  # the customer entries stand first in `of`, so first in each transaction
    of = of[order]
    with connection.cursor() as cursor:
        ids = take_ids(cursor, "ledger_transaction", size)
        copy_columns(
            cursor,
            "ledger_transaction",
            {
                "id": ids,
                "source": postings.source,
                "kind": pa.repeat(kind, size),
                "booked_on": np.full(size, np.datetime64(booked_on, "D")),
                "description": pa.repeat(description, size),
                "reverses_id": pa.nulls(size, pa.int64()),
                "recorded_at": pa.repeat(pa.scalar(recorded_at, pa.timestamp("us", tz="UTC")), size),
            },
        )
        customer = np.concatenate([postings.contract_account[owed], np.zeros(kept.size, np.int64)])[order]
        copy_columns(
            cursor,
            "ledger_entry",
            {
                "transaction_id": ids[of],
                "position": _positions(of),
                "account_id": np.concatenate([np.full(owed.size, receivables), postings.account[kept]])[order],
                "contract_account_id": pa.array(customer, mask=customer == 0),
                "cents": np.concatenate([postings.customer_cents[owed], postings.cents[kept]])[order],
            },
        )
        if owed.size:
            copy_columns(
                cursor,
                "ledger_openitem",
                {
                    "transaction_id": ids[owed],
                    "position": np.ones(owed.size, dtype=np.int16),
                    "contract_account_id": postings.contract_account[owed],
                    "reference": postings.reference.take(pa.array(owed)),
                    "due_on": postings.due_on[owed],
                    "cents": postings.customer_cents[owed],
                    "settled_cents": np.zeros(owed.size, dtype=np.int64),
                },
            )
    return ids


def _positions(of: Long) -> Long:
    """Return 1, 2, 3 … within each run of equal values; `of` ascending."""
    first = np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]]))
    return np.arange(of.size) - np.repeat(first, np.diff(np.append(first, of.size))) + 1


def _check_balance(postings: PostingColumns) -> None:
    rest = postings.customer_cents.copy()
    np.add.at(rest, postings.of, postings.cents)
    wrong = np.flatnonzero(rest)
    if wrong.size:
        raise NotBalanced(
            f"Transaction {postings.source[int(wrong[0])]}",
            f"Its entries sum to {euro(int(rest[wrong[0]]))}.",
            "Debits and credits must be equal.",
        )
