"""From contract ids to computed bills: read everything, then the pure computation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from sorgente.billing.core.compute import Computed, compute_bills
from sorgente.billing.core.policy import billing_rules
from sorgente.billing.core.stretches import Bools, Long
from sorgente.billing.queries.extract import conditions, extract
from sorgente.billing.usecases.bill_one_offs import waiting_one_offs
from sorgente.billing.usecases.rule_store import KeptBook
from sorgente.tariffs.rules import rules
from sorgente.tariffs.tables import number_of


@dataclass(frozen=True, slots=True)
class Batch:
    bills: Computed
    terms: pa.Table


def compute_batch(
    contract_ids: Long,
    *,
    bill_on: date,
    read_through: date,
    kept: KeptBook,
    released: Bools,
    keeps_short_periods: bool,
    keeps_short_estimates: bool = False,
    one_offs_only: bool = False,
) -> Batch:
    """Return what these contracts are billed on a day.

    contract_ids           (n,) ascending, without repeats; released (n,) past the gate
    keeps_short_periods    a new read counts however few days lie before it; keeps_short_estimates: so do estimates
    one_offs_only          no water: only what waits besides; otherwise that goes onto the bill of the water, or onto
                           one of its own where the supply has ended and is billed
    The one-off rows that are returned are locked: issue in the same transaction.
    """
    law = billing_rules(rules(), bill_on=bill_on)
    periods = law.periods
    if keeps_short_periods:
        periods = replace(periods, least_days=0)
    if keeps_short_estimates:
        periods = replace(periods, least_days=0, least_estimated_days=1, fresh_days=0)
    found = extract(contract_ids, bill_on=bill_on, read_through=read_through, rules=rules())
    bills = compute_bills(
        found.contracts,
        found.reads,
        conditions(found.terms, kept.book),
        found.taken_back,
        kept.book,
        through=number_of(read_through),
        issued_on=number_of(bill_on),
        policy=periods,
        gate=law.gate,
        released=released,
        waiting=waiting_one_offs(
            contract_ids, bill_on=bill_on, read_through=read_through, rules=rules(), alone=one_offs_only
        ),
        water=not one_offs_only,
    )
    return Batch(bills, found.terms)
