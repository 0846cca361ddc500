"""What contract accounts still owe, as columns: for the bills that list it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from django.db import connection

from sorgente.shared.columns import read_arrow


def unsettled_of_accounts(contract_account_ids: np.ndarray) -> pa.Table:
    """Return contract_account_id int64, reference string (bill number), due_on date32, open_cents int64 (> 0).

    Sorted by account, then due day.
    """
    return read_arrow(
        connection,
        "SELECT contract_account_id, reference, due_on, cents - settled_cents AS open_cents FROM ledger_openitem"
        " WHERE contract_account_id = ANY(%(ids)s) AND cents > settled_cents AND cents > 0"
        " ORDER BY contract_account_id, due_on, id",
        {"ids": np.ascontiguousarray(contract_account_ids, dtype=np.int64)},
    )
