"""What every step after issue leaves behind: the run's count, and beside each contract why its bill waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection

from sorgente.billing.models import Bill
from sorgente.shared.errors import SorgenteError

RENDERED, TRANSMITTED, DELIVERED = "rendered", "transmitted", "delivered"


def record_done(bill_ids: Sequence[int], *, count: str) -> None:
    """Add the bills to a count of their runs, and clear the reasons they may have waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE billing_billingrun r SET {count} = r.{count} + done.bills FROM ("
            " SELECT run_id, count(*) AS bills FROM billing_bill WHERE id = ANY(%s) AND run_id IS NOT NULL"
            " GROUP BY run_id) done WHERE r.id = done.run_id",
            [list(bill_ids)],
        )
        cursor.execute(
            "UPDATE billing_runitem i SET code = '', reason = '', next_step = '' FROM billing_bill b"
            " WHERE b.id = ANY(%s) AND i.run_id = b.run_id AND i.contract_id = b.contract_id AND i.code <> ''",
            [list(bill_ids)],
        )


def record_refusals(refused: Mapping[int, SorgenteError]) -> None:
    """Write beside each bill's contract in its run why the bill waits; a bill without a run has nowhere to say it."""
    if not refused:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_runitem i SET code = w.code, reason = w.reason, next_step = w.next_step"
            " FROM unnest(%s::int8[], %s::text[], %s::text[], %s::text[]) AS w (bill_id, code, reason, next_step)"
            " JOIN billing_bill b ON b.id = w.bill_id WHERE i.run_id = b.run_id AND i.contract_id = b.contract_id",
            [
                list(refused),
                [error.code for error in refused.values()],
                [error.facts for error in refused.values()],
                [error.next_step for error in refused.values()],
            ],
        )


def named(refused: Mapping[int, SorgenteError]) -> list[tuple[str, SorgenteError]]:
    """Return (bill number, why) of refused bills, by id."""
    if not refused:
        return []
    numbers = dict(Bill.objects.filter(pk__in=list(refused)).values_list("pk", "number"))
    return [(numbers[bill_id], refused[bill_id]) for bill_id in sorted(refused)]
