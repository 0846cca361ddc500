from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
from django.db import connection

from sorgente.shared.columns import copy_columns

Long = npt.NDArray[np.int64]


def allocate_columns(*, receivable_id: Long, credit_id: Long, cents: Long, allocated_on: date) -> int:
    """Settle many receivables with many credits in one statement; returns how many allocations were made.

    receivable_id, credit_id  (n,) open items of one contract account, pair by pair
    cents                     (n,) > 0; what does not fit is refused by the database, with all the others
    """
    if cents.size == 0:
        return 0
    with connection.cursor() as cursor:
        return copy_columns(
            cursor,
            "ledger_allocation",
            {
                "receivable_id": receivable_id,
                "credit_id": credit_id,
                "cents": cents,
                "allocated_on": np.full(cents.size, np.datetime64(allocated_on, "D")),
            },
        )
