"""The bill cycle: from the reads in the database to bills in the customers' hands and money asked for.

Billing issues, payments opens positions and prepares debits, billing prints what payments told it, messages deliver.
Each step takes up where it stopped: a cycle that was killed is simply run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from sorgente.billing.adapters.sdi_outbox import FolderTransport
from sorgente.billing.queries.to_collect import bills_to_collect
from sorgente.billing.usecases.advance_run import advance_run
from sorgente.billing.usecases.close_run import close_run
from sorgente.billing.usecases.deliver_bills import deliver_bills
from sorgente.billing.usecases.render_bills import render_bills
from sorgente.billing.usecases.start_run import DUE, start_run
from sorgente.billing.usecases.transmit_bills import transmit_bills
from sorgente.customers.queries.payers import payers
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.payments.queries.asked import bills_asked
from sorgente.payments.queries.payment_details import payment_details
from sorgente.payments.usecases.open_positions import open_positions
from sorgente.payments.usecases.prepare_collections import prepare_collections
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError

# step, done, of
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Cycle:
    """What a cycle did; refusals name the bill and why."""

    run_id: int
    name: str
    selected: int = 0
    issued: int = 0
    parked: int = 0
    rendered: int = 0
    transmitted: int = 0
    delivered: int = 0
    collected: int = 0
    run: Any = field(default=None, repr=False)  # billing's own, for its second half
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)


def run_bill_cycle(
    *,
    name: str,
    bill_on: date,
    read_through: date,
    at: datetime,
    select: str = DUE,
    contract_ids: Iterable[int] | None = None,
    workers: int = 2,
    processes: Executor | None = None,
    progress: Progress | None = None,
) -> Cycle:
    """Run the billing of a day from selection to delivery; the same name again goes on where it stopped.

    at         now, as ledger, archive and messages record it
    processes  where bills are drawn, kept for many cycles; else `workers` of them for this one
    raises     what start_run and advance_run raise; a single bill that fails is among the refusals
    """
    cycle = issue_and_ask(
        name=name, bill_on=bill_on, read_through=read_through, at=at, select=select, contract_ids=contract_ids,
        progress=progress,
    )  # fmt: skip
    return print_and_send(cycle, at=at, workers=workers, processes=processes, progress=progress)


def issue_and_ask(
    *,
    name: str,
    bill_on: date,
    read_through: date,
    at: datetime,
    select: str = DUE,
    contract_ids: Iterable[int] | None = None,
    progress: Progress | None = None,
) -> Cycle:
    """Do the first half of a cycle: bills have numbers and are asked for; `print_and_send` does the rest."""
    told = progress or (lambda step, done, of: None)
    run = start_run(
        name=name,
        bill_on=bill_on,
        read_through=read_through,
        started_at=at,
        select=select,
        contract_ids=contract_ids,
    )
    run = advance_run(run, at=at, progress=lambda p: told("issue", p.done, p.of))
    cycle = Cycle(run.pk, run.name, selected=run.selected, issued=run.issued, parked=run.parked, run=run)
    cycle.collected = collect(run.pk, bill_on=bill_on, at=at, refusals=cycle.refusals)
    told("collect", cycle.collected, cycle.issued)
    return cycle


def print_and_send(
    cycle: Cycle,
    *,
    at: datetime,
    workers: int = 2,
    processes: Executor | None = None,
    progress: Progress | None = None,
) -> Cycle:
    """Do the second half: papers, transmission, delivery; it may run beside other work. Returns the cycle.

    The refusals of the first half stay; those of this half are added.
    """
    told = progress or (lambda step, done, of: None)
    rendered = render_bills(
        run=cycle.run,
        payments_of=payment_details,
        rendered_at=at,
        workers=workers,
        processes=processes,
        progress=_counting("render", cycle.issued, told),
    )
    sent = transmit_bills(
        run=cycle.run,
        transport=FolderTransport(Path(settings.SDI_OUTBOX)),
        transmitted_at=at,
        progress=_counting("transmit", cycle.issued, told),
    )
    delivered = deliver_bills(
        run=cycle.run,
        payments_of=payment_details,
        delivered_at=at,
        progress=_counting("deliver", cycle.issued, told),
    )
    deliver_messages(as_of=at)
    for step in (rendered, sent, delivered):
        cycle.refusals += step.refusals
    cycle.rendered, cycle.transmitted, cycle.delivered = rendered.done, sent.done, delivered.done
    close_run(cycle.run_id, collected=cycle.collected, at=at)
    return cycle


def _counting(step: str, of: int, told: Progress) -> Callable[[int], None]:
    """Return a callback that is told how many more are done and tells how many are."""
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        told(step, done, of)

    return more


def collect(run_id: int, *, bill_on: date, at: datetime, refusals: list[tuple[str, SorgenteError]]) -> int:
    """Prepare a debit for the bills of accounts with direct debit, a notice for all others; return how many.

    A bill whose debit cannot be prepared gets a notice instead, and its reason is added to the refusals. A bill that
    was asked before is left alone: whether a returned debit is tried again is for recovery to decide.
    """
    return ask_for(bills_to_collect(run_id), bill_on=bill_on, at=at, refusals=refusals)


def ask_for(bills: pa.Table, *, bill_on: date, at: datetime, refusals: list[tuple[str, SorgenteError]]) -> int:
    """Ask for these bills as `collect` does for those of a run; returns how many are asked."""
    before = pc.is_in(bills["bill_id"], bills_asked(bills["bill_id"].to_numpy()))
    asked = int(pc.sum(before).as_py() or 0)
    bills = bills.filter(pc.invert(before))
    if bills.num_rows == 0:
        return asked
    method = payers(bills["contract_account_id"].to_numpy())["payment_method"]
    by_debit = bills.filter(pc.equal(method, "sdd"))
    debits = prepare_collections(bills=by_debit, prenotified_on=bill_on)
    refusals += debits.refusals
    refused = pa.array([number for number, _ in debits.refusals], pa.string())
    by_notice = pc.or_(pc.not_equal(method, "sdd"), pc.is_in(bills["bill_number"], refused))
    positions = open_positions(bills=bills.filter(by_notice), segregation=company().segregation, opened_at=at)
    return asked + debits.prepared + int(positions.num_rows)
