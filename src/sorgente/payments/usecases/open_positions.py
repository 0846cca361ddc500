from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from sorgente.payments.core.bills_to_collect import checked_bills
from sorgente.payments.core.notice import LARGEST_BASE, RESERVED_SEGREGATIONS
from sorgente.payments.models import NoticeSequence
from sorgente.shared.columns import copy_columns, read_arrow
from sorgente.shared.errors import SorgenteError


class SegregationReserved(SorgenteError):
    code = "payments.position.segregation-reserved"


class NoticeNumbersUsedUp(SorgenteError):
    code = "payments.position.numbers-used-up"


@transaction.atomic
def open_positions(*, bills: pa.Table, segregation: str, opened_at: datetime) -> pa.Table:
    """Give each bill a pagoPA position with a notice number never used before; a bill that has one keeps it.

    bills        columns of core.bills_to_collect.BILLS
    segregation  two digits given to the utility by PagoPA
    returns      bill_id, notice_number, iuv of every bill with something to pay, in the order given
    raises       SegregationReserved, NoticeNumbersUsedUp
    """
    if segregation in RESERVED_SEGREGATIONS:
        raise SegregationReserved(
            f"Segregation code {segregation}",
            "National services hold it.",
            "Put the code PagoPA assigned to the utility into its company file.",
        )
    asked = checked_bills(bills)
    # One run at a time takes numbers of a code: a row that is locked, not a sequence, leaves no hole on rollback.
    NoticeSequence.objects.get_or_create(segregation=segregation)
    latest = NoticeSequence.objects.select_for_update().get(segregation=segregation)
    there = _positions_of(asked["bill_id"])
    new = asked.filter(pc.invert(pc.is_in(asked["bill_id"], there["bill_id"])))
    if new.num_rows:
        numbers = _numbers(latest, new.num_rows, segregation)
        with connection.cursor() as cursor:
            copy_columns(
                cursor,
                "payments_debtposition",
                {
                    "bill_id": new["bill_id"],
                    "notice_number": numbers,
                    "iuv": pc.utf8_slice_codeunits(numbers, 1),
                    "cents": new["cents"],
                    "due_on": new["due_on"],
                    "state": pa.repeat("open", new.num_rows),
                    "opened_at": pa.repeat(pa.scalar(opened_at, pa.timestamp("us", tz="UTC")), new.num_rows),
                },
            )
    return _positions_of(asked["bill_id"])


def _numbers(latest: NoticeSequence, count: int, segregation: str) -> pa.Array:
    if latest.latest + count > LARGEST_BASE:
        raise NoticeNumbersUsedUp(
            f"Segregation code {segregation}",
            f"{LARGEST_BASE - latest.latest} numbers are left, {count} are asked.",
            "Ask PagoPA for another segregation code.",
        )
    base = latest.latest + 1 + np.arange(count, dtype=np.int64)
    latest.latest += count
    latest.save(update_fields=["latest"])
    # 3, segregation, 13 digits of base; then the check: these 16 digits modulo 93. 18 digits fit an int64.
    head = (300 + int(segregation)) * 10**13 + base
    return pa.array(head * 100 + head % 93).cast(pa.string())


def _positions_of(bill_ids: pa.ChunkedArray) -> pa.Table:
    return read_arrow(
        connection,
        "SELECT bill_id, notice_number, iuv FROM payments_debtposition JOIN unnest(%(ids)s::bigint[]) WITH ORDINALITY"
        " AS asked(bill_id, position) USING (bill_id) ORDER BY position",
        {"ids": bill_ids.to_numpy()},
    )
