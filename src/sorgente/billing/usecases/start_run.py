from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from importlib.metadata import version as installed_version

import numpy as np
import pyarrow as pa
from django.db import connection, transaction

from sorgente.billing.core.policy import billing_rules
from sorgente.billing.models import BillingRun, RunItem
from sorgente.billing.queries.selection import candidates, with_one_offs
from sorgente.billing.usecases.carry_over import carry_over
from sorgente.billing.usecases.rule_store import keep_rules
from sorgente.shared.columns import copy_columns
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

DUE, ALL, ONE_OFFS = "due", "all", "one_offs"


class RunDatesWrong(SorgenteError):
    code = "billing.run.dates-wrong"


class RunStartedDifferently(SorgenteError):
    code = "billing.run.started-differently"


@transaction.atomic
def start_run(
    *,
    name: str,
    bill_on: date,
    read_through: date,
    started_at: datetime,
    select: str = DUE,
    contract_ids: Iterable[int] | None = None,
) -> BillingRun:
    """Open a run and choose its contracts; the same name with the same days again returns the run there is.

    bill_on       day of issue of all its bills
    read_through  reads up to and including this day are billed, estimates reach up to it; not after bill_on
    select        "due": by legal rhythm (RQSII art. 38), and supplies that ended; "all": every one with days to bill;
                  "one_offs": no water, a bill for what waits besides. Both first also take ended supplies whose
                  closing bill is out and for which something waits
    contract_ids  these and no others, however few days lie before a new read; of `select` only "one_offs" counts
    raises        RunDatesWrong, RunStartedDifferently, NoValue (a rule without a value on the day)
    """
    if read_through > bill_on:
        raise RunDatesWrong(
            f"Run {name}", f"Reads through {read_through} are billed on {bill_on}.", "Bill on a later day."
        )
    existing = BillingRun.objects.filter(name=name).first()
    if existing is not None:
        if (existing.bill_on, existing.read_through) != (bill_on, read_through):
            raise RunStartedDifferently(
                f"Run {name}",
                f"It is of {existing.bill_on} with reads through {existing.read_through}.",
                "Give the new run its own name.",
            )
        return existing
    run = BillingRun.objects.create(
        name=name,
        bill_on=bill_on,
        due_on=billing_rules(rules(), bill_on=bill_on).due_on,
        read_through=read_through,
        started_at=started_at,
        version=installed_version("sorgente"),
        rules=keep_rules(),
        keeps_short_periods=contract_ids is not None,
        bills_one_offs_only=select == ONE_OFFS,
        step=BillingRun.Step.RATE,
    )
    if contract_ids is not None:
        chunks = iter([np.unique(np.fromiter(contract_ids, dtype=np.int64))])
    elif select == ONE_OFFS:
        chunks = iter([with_one_offs(bill_on=bill_on, read_through=None)])
    else:
        chunks = candidates(bill_on=bill_on, read_through=read_through, rules=rules(), only_due=select == DUE)
    with connection.cursor() as cursor:
        for chunk in chunks:
            run.selected += copy_columns(
                cursor,
                "billing_runitem",
                {
                    "run_id": np.full(chunk.size, run.pk),
                    "contract_id": chunk,
                    "state": pa.repeat(RunItem.State.SELECTED.value, chunk.size),
                    **{
                        text: pa.repeat("", chunk.size)
                        for text in ("code", "reason", "next_step", "released_by", "release_reason")
                    },
                },
            )
        carry_over(cursor, run.pk)
    run.save(update_fields=["selected"])
    return run
