"""The bills of a run as payments takes them over: what is to be paid, by whom, by when."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
from django.db import connection

from sorgente.shared.columns import read_arrow

_COLUMNS = (
    "SELECT id AS bill_id, number AS bill_number, contract_account_id, due_on, to_pay_cents - credit_cents AS cents"
    " FROM billing_bill WHERE {which} ORDER BY series_id, sequence"
)


def bills_to_collect(run_id: int) -> pa.Table:
    """Return bill_id, bill_number, contract_account_id, due_on, cents of a run's bills, by number.

    cents  to pay, less the credits of the account that the bill used
    """
    return read_arrow(connection, _COLUMNS.format(which="run_id = %(run)s"), {"run": run_id})


def bills_to_collect_by_id(bill_ids: Iterable[int]) -> pa.Table:
    """Return the same columns of these bills: those that no run made, as a correction."""
    which = "id = ANY(%(ids)s::int8[])"
    return read_arrow(connection, _COLUMNS.format(which=which), {"ids": [int(one) for one in bill_ids]})
