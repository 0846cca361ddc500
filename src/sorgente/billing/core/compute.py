"""One batch of contracts, from their reads to bills ready to be numbered: pure, columns in, columns out.

What comes out depends on the arguments alone, so that the same inputs replay to the same bills.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from sorgente.billing.core import gate as gating
from sorgente.billing.core import stretches as periods
from sorgente.billing.core.gate import GateFacts, GateRules
from sorgente.billing.core.one_offs import OneOffRows, Stamp, charges_of, no_one_offs, with_stamp_duty
from sorgente.billing.core.rows import Rows, Totals, join_rows, totals
from sorgente.billing.core.stretches import Bools, Contracts, Long, Plan, Policy, Reads, Stretches, plan_bills
from sorgente.rating.rate import rate
from sorgente.rating.rows import SPANS
from sorgente.tariffs.book import TariffBook

ACTUAL, ESTIMATED, MIXED, CLOSING, ONE_OFF = "actual", "estimated", "mixed", "closing", "one_off"


@dataclass(frozen=True, slots=True)
class Parked:
    """A contract that gives no bill until somebody acts."""

    contract_id: int
    code: str
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Computed:
    """The bills of a batch, not yet numbered: (n,) each; `stretches.row` and `rows.bill` are places in them."""

    contract_id: Long
    contract_account_id: Long
    start: Long
    end: Long
    quantity_milli: Long
    kind: list[str]
    split_payment: Bools
    recomputed: Bools
    stretches: Stretches
    rows: Rows
    totals: Totals
    to_pay_cents: Long
    parked: list[Parked]
    nothing: Long  # contract ids with nothing to bill yet
    one_offs: OneOffRows = field(default_factory=no_one_offs)  # their charges stand in `rows` too
    stamp: Stamp | None = None
    stamp_duty_cents: Long | None = None  # due on each document; None where no bill has one-off rows


@dataclass(frozen=True, slots=True)
class Waiting:
    """The one-off rows that wait for the contracts of a batch, `bill` being the place of the contract.

    alone  (n,) contracts that get a bill of these alone when there is no water to bill
    """

    rows: OneOffRows
    stamp: Stamp
    alone: Bools


def compute_bills(
    contracts: Contracts,
    reads: Reads,
    conditions: pa.Table,
    taken_back: Rows,
    book: TariffBook,
    *,
    through: int,
    issued_on: int,
    policy: Policy,
    gate: GateRules,
    released: Bools,
    waiting: Waiting | None = None,
    water: bool = True,
) -> Computed:
    """Return the bills of a batch and what is parked.

    conditions  rating's CONDITIONS, sorted by contract and start
    taken_back  the estimated rows of earlier bills that no later bill has taken back, as they were charged;
                `bill` is the place of the contract in `contracts`, `reverses` the bill they stand on
    through     day up to which is billed; issued_on the day of issue
    released    (n,) contracts that a person let through the gate
    waiting     one-off rows, which go onto whatever bill comes; the gate does not look at them
    water       false: nothing but what waits is billed
    """
    plan = plan_bills(contracts, reads, through=through, policy=policy)
    if not water:
        plan = replace(
            plan, outcome=np.full_like(plan.outcome, periods.NOTHING), stretches=periods.no_stretches(),
            recomputed=np.zeros_like(plan.recomputed), closing=np.zeros_like(plan.closing),
        )  # fmt: skip
    size = contracts.contract_id.size
    charged, refused = rate_stretches(plan.stretches, contracts.contract_id, conditions, book)
    fine = plan.outcome == periods.FINE
    fine[list(refused)] = False
    back = reversed_rows(taken_back.take(plan.recomputed[taken_back.bill]))
    rows = join_rows(charged, back)
    rows = rows.take(fine[rows.bill])

    sums = totals(rows, size)
    facts = _facts(contracts, plan, conditions, sums)
    held = np.where(fine & ~released, gating.judge(facts, gate, issued_on=issued_on), gating.PASSED)
    parked = [_unbillable(contracts, plan, int(at)) for at in np.flatnonzero(plan.outcome > periods.NOTHING)]
    parked += [
        Parked(int(contracts.contract_id[at]), code, message, "Mend it and run again.")
        for at, (code, message) in sorted(refused.items())
    ]
    for at in np.flatnonzero(held):
        found, proposal = gating.explain(int(held[at]), facts, int(at))
        parked.append(Parked(int(contracts.contract_id[at]), gating.CODES[held[at]], found, proposal))

    sundry = _sundry(plan, waiting)
    if sundry.any():
        plan = replace(
            plan, start=np.where(sundry, issued_on, plan.start), end=np.where(sundry, issued_on + 1, plan.end)
        )
    keep = np.flatnonzero((fine & (held == gating.PASSED)) | sundry)
    nothing = contracts.contract_id[(plan.outcome == periods.NOTHING) & ~sundry]
    bills = _kept(contracts, plan, rows, keep, parked, nothing, waiting, issued_on)
    for at in np.flatnonzero(sundry[keep]):
        bills.kind[at] = ONE_OFF
    return bills


def _sundry(plan: Plan, waiting: Waiting | None) -> Bools:
    """Return which contracts get a bill of one-off rows alone."""
    has = np.zeros(plan.outcome.size, dtype=bool)
    if waiting is not None:
        has[waiting.rows.bill] = True
        has &= waiting.alone & (plan.outcome == periods.NOTHING)
    return has


def rate_stretches(
    stretches: Stretches, contract_id: Long, conditions: pa.Table, book: TariffBook
) -> tuple[Rows, dict[int, tuple[str, str]]]:
    """Return the charges of stretches, sorted by row, and row -> (code, message) of those that cannot be rated."""
    spans = pa.table(
        [
            pa.array(np.arange(stretches.row.size)),
            pa.array(contract_id[stretches.row]),
            pa.array(stretches.start.astype(np.int32)).view(pa.date32()),
            pa.array(stretches.end.astype(np.int32)).view(pa.date32()),
            pa.array(stretches.quantity_milli),
        ],
        schema=SPANS,
    )
    rated = rate(spans, conditions, book)
    refused: dict[int, tuple[str, str]] = {}
    for refusal in rated.refusals.to_pylist():
        refused.setdefault(int(stretches.row[refusal["span_id"]]), (refusal["code"], refusal["message"]))
    columns = {name: _whole(rated.charges[name]) for name in rated.charges.column_names}
    span = columns.pop("span_id")
    del columns["contract_id"]
    return (
        Rows(
            bill=stretches.row[span],
            estimated=stretches.estimated[span],
            reverses=np.zeros(span.size, dtype=np.int64),
            **columns,
        ),
        refused,
    )


def reversed_rows(rows: Rows) -> Rows:
    """Return the rows that take these back: quantity and cents with the other sign, resting on no estimate."""
    return rows.with_columns(
        quantity_milli=-rows.quantity_milli, cents=-rows.cents, estimated=np.zeros(rows.bill.size, dtype=bool)
    )


def to_pay(sums: Totals, split_payment: Bools) -> Long:
    """Return what is asked for: the total, less the VAT that a public body pays to the State itself."""
    return sums.net_cents + np.where(split_payment, 0, sums.vat_cents)


def _whole(column: pa.ChunkedArray) -> Long:
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    values: Long = column.to_numpy().astype(np.int64)
    return values


def _kept(
    contracts: Contracts, plan: Plan, rows: Rows, keep: Long, parked: list[Parked], nothing: Long,
    waiting: Waiting | None, day: int,
) -> Computed:  # fmt: skip
    """Renumber what stays: bill 0 … n-1 in the order of the contracts; the one-off rows come after the others."""
    place = np.full(contracts.contract_id.size, -1, dtype=np.int64)
    place[keep] = np.arange(keep.size)
    stretches = plan.stretches.take(place[plan.stretches.row] >= 0)
    stretches = replace(stretches, row=place[stretches.row])
    rows = rows.take(place[rows.bill] >= 0)
    rows = rows.with_columns(bill=place[rows.bill])
    one_offs, stamp, duty = no_one_offs(), None, None
    if waiting is not None and waiting.rows.bill.size:
        one_offs = waiting.rows.take(place[waiting.rows.bill] >= 0)
        one_offs, duty = with_stamp_duty(one_offs.placed(place[one_offs.bill]), waiting.stamp, bills=keep.size, day=day)
        stamp = waiting.stamp
        rows = join_rows(rows, charges_of(one_offs))
    sums = totals(rows, keep.size)
    quantity = np.zeros(keep.size, dtype=np.int64)
    np.add.at(quantity, stretches.row, stretches.quantity_milli)
    split = contracts.split_payment[keep]
    return Computed(
        contract_id=contracts.contract_id[keep],
        contract_account_id=contracts.contract_account_id[keep],
        start=plan.start[keep],
        end=plan.end[keep],
        quantity_milli=quantity,
        kind=_kinds(stretches, plan.recomputed[keep], plan.closing[keep]),
        split_payment=split,
        recomputed=plan.recomputed[keep],
        stretches=stretches,
        rows=rows,
        totals=sums,
        to_pay_cents=to_pay(sums, split),
        parked=parked,
        nothing=nothing,
        one_offs=one_offs,
        stamp=stamp,
        stamp_duty_cents=duty,
    )


def _kinds(stretches: Stretches, recomputed: Bools, closing: Bools) -> list[str]:
    estimated = np.zeros(recomputed.size, dtype=bool)
    estimated[stretches.row[stretches.estimated]] = True
    kind = np.where(recomputed, np.where(estimated, MIXED, ACTUAL), ESTIMATED)
    found: list[str] = np.where(closing, CLOSING, kind).tolist()
    return found


def _facts(contracts: Contracts, plan: Plan, conditions: pa.Table, sums: Totals) -> GateFacts:
    size = contracts.contract_id.size
    stretches = plan.stretches
    measured = ~stretches.estimated
    quantity, measured_milli, measured_days = (np.zeros(size, dtype=np.int64) for _ in range(3))
    np.add.at(quantity, stretches.row, stretches.quantity_milli)
    np.add.at(measured_milli, stretches.row[measured], stretches.quantity_milli[measured])
    np.add.at(measured_days, stretches.row[measured], (stretches.end - stretches.start)[measured])
    on_estimate = np.zeros(size, dtype=bool)
    on_estimate[stretches.row[stretches.estimated]] = True
    persons = np.zeros(size, dtype=np.int64)
    owner = np.searchsorted(contracts.contract_id, _whole(conditions["contract_id"]))
    persons[owner] = _whole(conditions["persons"])  # the latest condition stays
    return GateFacts(
        start=plan.start,
        end=plan.end,
        quantity_milli=quantity,
        measured_milli=measured_milli,
        measured_days=measured_days,
        total_cents=sums.net_cents + sums.vat_cents,
        yearly_milli=contracts.yearly_milli,
        persons=persons,
        closing=plan.closing,
        ends_on_estimate=on_estimate,
    )


def _unbillable(contracts: Contracts, plan: Plan, at: int) -> Parked:
    contract_id = int(contracts.contract_id[at])
    outcome = int(plan.outcome[at])
    since = np.datetime64(int(plan.start[at]), "D")
    if outcome == periods.NO_OPENING_READ:
        return Parked(
            contract_id,
            "billing.reads.no-opening-read",
            f"There is no accepted read on {since}, the day this bill begins.",
            "Record the read of that day (installation or take-over), or accept the one that is held.",
        )
    if outcome == periods.GAP_IN_READS:
        return Parked(
            contract_id,
            "billing.reads.gap",
            f"After {since} a meter ends on one day and the next begins on another.",
            "Record the removal of the old meter and the installation of the new one on the same day.",
        )
    if outcome == periods.NEGATIVE:
        return Parked(
            contract_id,
            "billing.reads.negative-consumption",
            f"A read after {since} is below the earlier one.",
            "Discard the wrong read; if the index passed its highest figure, record the read again as a rollover.",
        )
    return Parked(
        contract_id,
        "billing.estimate.no-annual-consumption",
        f"There is no read to bill after {since} and no Ca to estimate from.",
        "Compute the annual consumption of the service point, or record a read.",
    )
