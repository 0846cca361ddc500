from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.db.models import F

from sorgente.billing.core.compute import Computed, Parked
from sorgente.billing.core.stretches import Bools, Long
from sorgente.billing.models import BillingRun, RunItem
from sorgente.billing.usecases.compute_batch import compute_batch
from sorgente.billing.usecases.issue_bills import Issue, issue_bills
from sorgente.billing.usecases.rule_store import KeptBook, open_book
from sorgente.shared.company import company

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: contracts done in this call and in all."""

    step: str
    done: int
    of: int
    issued: int
    parked: int


def advance_run(
    run: BillingRun, *, at: datetime, progress: Callable[[Progress], None] | None = None, batch: int = BATCH
) -> BillingRun:
    """Rate, gate and issue what the run still waits for, batch by batch; each is one transaction.

    at        now, as the journal of the ledger records it
    progress  called after each batch
    Killed at any point, it is simply called again: a batch happened whole or not at all. A contract that cannot be
    billed is parked with its reason; the others go on.
    raises    DatesGoBack
    """
    kept = open_book(run.rules, known_on=run.bill_on)
    while _advance_batch(run, kept, at=at, batch=batch):
        run.refresh_from_db()
        if progress is not None:
            progress(_progress(run))
    BillingRun.objects.filter(pk=run.pk, step__in=[BillingRun.Step.RATE, BillingRun.Step.ISSUE]).update(
        step=BillingRun.Step.RENDER
    )
    run.refresh_from_db()
    return run


def _progress(run: BillingRun) -> Progress:
    waiting = RunItem.objects.filter(run=run, state__in=[RunItem.State.SELECTED, RunItem.State.RELEASED]).count()
    return Progress(BillingRun.Step.ISSUE, run.selected - waiting, run.selected, run.issued, run.parked)


@transaction.atomic
def _advance_batch(run: BillingRun, kept: KeptBook, *, at: datetime, batch: int) -> bool:
    """Take one batch through to issue; returns False when nothing waits."""
    contract_ids, released = _claim(run, batch)
    if contract_ids.size == 0:
        return False
    batch_of = compute_batch(
        contract_ids,
        bill_on=run.bill_on,
        read_through=run.read_through,
        kept=kept,
        released=released,
        keeps_short_periods=run.keeps_short_periods,
        one_offs_only=run.bills_one_offs_only,
    )
    issue_bills(
        batch_of.bills,
        issue=Issue(
            series=company().series,
            issued_on=run.bill_on,
            due_on=run.due_on,
            recorded_at=at,
            run_id=run.pk,
            rules_id=run.rules_id,
            version=run.version,
        ),
        rule_ids=kept.rule_ids,
        terms=batch_of.terms,
    )
    _settle_items(run, batch_of.bills)
    return True


def _claim(run: BillingRun, batch: int) -> tuple[Long, Bools]:
    """Lock the next waiting items; returns their contracts, ascending, and which of them a person released."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contract_id, state = 'released' FROM billing_runitem"
            " WHERE run_id = %s AND state IN ('selected', 'released') ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [run.pk, batch],
        )
        rows = sorted(cursor.fetchall())
    return np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1] for row in rows], dtype=bool)


def _settle_items(run: BillingRun, bills: Computed) -> None:
    with connection.cursor() as cursor:
        for state, contract_ids in (("issued", bills.contract_id), ("nothing", bills.nothing)):
            if contract_ids.size:
                cursor.execute(
                    "UPDATE billing_runitem SET state = %s WHERE run_id = %s AND contract_id = ANY(%s::int8[])",
                    [state, run.pk, contract_ids.tolist()],
                )
    _park(run, bills.parked)
    BillingRun.objects.filter(pk=run.pk).update(
        issued=F("issued") + bills.contract_id.size, parked=F("parked") + len(bills.parked), step=BillingRun.Step.ISSUE
    )


def _park(run: BillingRun, parked: list[Parked]) -> None:
    if not parked:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_runitem i SET state = 'parked', code = p.code, reason = p.reason, next_step = p.next_step"
            " FROM unnest(%s::int8[], %s::text[], %s::text[], %s::text[]) AS p (contract_id, code, reason, next_step)"
            " WHERE i.run_id = %s AND i.contract_id = p.contract_id",
            [
                [one.contract_id for one in parked],
                [one.code for one in parked],
                [one.reason for one in parked],
                [one.next_step for one in parked],
                run.pk,
            ],
        )
