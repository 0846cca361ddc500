"""Credits of contract accounts set against what is asked next: locked first, used once the receivable is posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db import connection

from sorgente.ledger.queries.item_columns import items_of_transactions
from sorgente.ledger.usecases.allocate_columns import allocate_columns

Long = npt.NDArray[np.int64]

_LOCK = """
SELECT contract_account_id, id, settled_cents - cents FROM ledger_openitem
 WHERE settled_cents > cents AND cents < 0 AND contract_account_id = ANY(%s) ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Credits:
    """What each row of a batch takes of the credits of its account.

    used_cents            (n,) ≥ 0
    row, item_id, cents   (m,) which row takes how much of which credit
    """

    used_cents: Long
    row: Long
    item_id: Long
    cents: Long


def take_credits(*, contract_account_ids: Long, wanted_cents: Long) -> Credits:
    """Lock the open credits of accounts and return what each row may use of them, the oldest credit first.

    contract_account_ids, wanted_cents  (n,); rows of one account share its credits in the order given
    """
    used = np.zeros(wanted_cents.size, dtype=np.int64)
    asking = np.flatnonzero(wanted_cents > 0)
    if asking.size == 0:
        return Credits(used, *(np.empty(0, dtype=np.int64) for _ in range(3)))
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [np.unique(contract_account_ids[asking]).tolist()])
        left: dict[int, list[list[int]]] = {}
        for account, item, cents in cursor.fetchall():
            left.setdefault(account, []).append([item, cents])
    pieces: list[tuple[int, int, int]] = []
    for at in asking[np.isin(contract_account_ids[asking], list(left))].tolist():
        for credit in left[int(contract_account_ids[at])]:
            cents = min(int(wanted_cents[at] - used[at]), credit[1])
            if cents > 0:
                pieces.append((at, credit[0], cents))
                credit[1] -= cents
                used[at] += cents
    columns = np.array(pieces, dtype=np.int64).reshape(-1, 3)
    return Credits(used, columns[:, 0], columns[:, 1], columns[:, 2])


def use_credits(credits: Credits, *, transaction_ids: Long, used_on: date) -> int:
    """Settle the receivables of the rows' transactions, (n,), with the credits taken; returns the allocations made."""
    if credits.row.size == 0:
        return 0
    return allocate_columns(
        receivable_id=items_of_transactions(transaction_ids[credits.row]),
        credit_id=credits.item_id,
        cents=credits.cents,
        allocated_on=used_on,
    )
