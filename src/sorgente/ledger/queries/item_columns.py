"""Open items as columns, for processes that settle thousands at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection

from sorgente.shared.columns import read_arrow


def open_receivables(references: Sequence[str]) -> pa.Table:
    """Return what is still owed under these references (bill numbers), the earliest due first within each.

    columns  reference text, item_id, contract_account_id, open_cents int64 (> 0), due_on date
    """
    return read_arrow(
        connection,
        "SELECT reference, id AS item_id, contract_account_id, cents - settled_cents AS open_cents, due_on"
        " FROM ledger_openitem WHERE reference = ANY(%(references)s) AND cents > settled_cents AND cents > 0"
        " ORDER BY reference, due_on, id",
        {"references": list(references)},
    )


def items_of_transactions(transaction_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the first open item of each transaction, (n,) in the order given; every transaction must have one."""
    found = read_arrow(
        connection,
        "SELECT transaction_id, min(id) AS item_id FROM ledger_openitem"
        " WHERE transaction_id = ANY(%(ids)s) GROUP BY 1 ORDER BY 1",
        {"ids": transaction_ids},
    )
    owners, items = found["transaction_id"].to_numpy(), found["item_id"].to_numpy()
    places = np.searchsorted(owners, transaction_ids)
    if owners.size == 0 or (owners[np.minimum(places, owners.size - 1)] != transaction_ids).any():
        raise ValueError("A transaction has no open item.")
    return items[places]
