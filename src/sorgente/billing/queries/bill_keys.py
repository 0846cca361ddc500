"""Which bill a number names, for processes that meet bills by their number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection

from sorgente.billing.models import Bill
from sorgente.shared.columns import read_arrow


@dataclass(frozen=True, slots=True)
class BillKey:
    id: int
    number: str
    contract_account_id: int


def bills_by_number(numbers: Iterable[str]) -> dict[str, BillKey]:
    """Return number -> bill for the numbers that are bills."""
    rows = Bill.objects.filter(number__in=list(numbers)).values_list("id", "number", "contract_account_id")
    return {number: BillKey(id, number, account) for id, number, account in rows}


def bills_by_sequence(keys: Iterable[tuple[int, str, int]]) -> dict[tuple[int, str, int], BillKey]:
    """Return (year, series, sequence) -> bill, for numbers as people write them."""
    asked = set(keys)
    rows = Bill.objects.filter(
        sequence__in=[key[2] for key in asked], series__year__in={key[0] for key in asked}
    ).values_list("series__year", "series__code", "sequence", "id", "number", "contract_account_id")
    return {
        (year, code, sequence): BillKey(id, number, account)
        for year, code, sequence, id, number, account in rows
        if (year, code, sequence) in asked
    }


def bill_columns(ids: npt.NDArray[np.int64]) -> pa.Table:
    """Return bill_id, bill_number, contract_account_id of these bills, in no order."""
    return read_arrow(
        connection,
        "SELECT id AS bill_id, number AS bill_number, contract_account_id FROM billing_bill WHERE id = ANY(%(ids)s)",
        {"ids": ids},
    )
