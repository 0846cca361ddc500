"""The bills of a run as payments takes them over: what is to be paid, by whom, by when."""

from __future__ import annotations

import pyarrow as pa
from django.db import connection

from sorgente.shared.columns import read_arrow


def bills_to_collect(run_id: int) -> pa.Table:
    """Return bill_id, bill_number, contract_account_id, due_on, cents of a run's bills, by number.

    cents  to pay, less the credits of the account that the bill used
    """
    return read_arrow(
        connection,
        "SELECT id AS bill_id, number AS bill_number, contract_account_id, due_on, to_pay_cents - credit_cents AS cents"
        " FROM billing_bill WHERE run_id = %(run)s ORDER BY series_id, sequence",
        {"run": run_id},
    )
