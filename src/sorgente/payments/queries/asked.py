"""What customers are asked to pay: by notice or by debit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from django.db import connection
from django.db.models import QuerySet

from sorgente.payments.models import Collection, DebtPosition
from sorgente.shared.columns import read_arrow


@dataclass(frozen=True, slots=True)
class Asked:
    """The notice of one bill."""

    bill_number: str
    contract_account_id: int
    notice_number: str
    cents: int
    due_on: date


def asked_of_run(run_id: int) -> list[Asked]:
    """Return the notices of a billing run, by number."""
    return _asked(DebtPosition.objects.filter(bill__run_id=run_id))


def asked_of_bills(numbers: Iterable[str]) -> list[Asked]:
    """Return the notices of bills by their numbers; bills without one are left out."""
    return _asked(DebtPosition.objects.filter(bill__number__in=list(numbers)))


def _asked(positions: QuerySet[DebtPosition]) -> list[Asked]:
    rows = positions.order_by("notice_number")
    return [
        Asked(*row)
        for row in rows.values_list("bill__number", "bill__contract_account_id", "notice_number", "cents", "due_on")
    ]


def bills_asked(bill_ids: np.ndarray) -> pa.ChunkedArray:
    """Return those of the bills that were asked before, by notice or by debit, whatever became of it."""
    rows = read_arrow(
        connection,
        "SELECT bill_id FROM payments_debtposition WHERE bill_id = ANY(%(ids)s)"
        " UNION SELECT bill_id FROM payments_collection WHERE bill_id = ANY(%(ids)s)",
        {"ids": np.ascontiguousarray(bill_ids, dtype=np.int64)},
    )
    return rows["bill_id"]


def due_days_prepared(*, through: date) -> list[date]:
    """Return the due days up to `through` that have debits not yet in a file."""
    rows = Collection.objects.filter(state=Collection.State.PREPARED, due_on__lte=through)
    return list(rows.values_list("due_on", flat=True).distinct().order_by("due_on"))
