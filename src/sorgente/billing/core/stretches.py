"""Which days and which water a bill takes, from the reads there are: the heart of actual, estimated and mixed bills.

    supplied from                latest actual read billed        billed until (on estimates)      read_through
         |---- billed, settled --------------|---- billed on estimates ----|                           |
                                             L                             E            A              H
    a new actual read A:                     |========= actual ========================|~~ estimate ~~|
                                             |-- what E charged is taken back --|
    no new one:                                                            |~~~~~~~ estimate ~~~~~~~~~~|

Days are whole numbers since 1970-01-01, half-open: a read of day d ends one stretch at d and begins the next.
Everything is a column; `row` is the place of a contract in `Contracts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sorgente.metering.core.consumption import estimate_milli

Long = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NO_DAY = -(2**40)  # earlier than any day: "never"
OPEN_DAY = 2**40  # later than any day: "no end"

# What a contract gives: a bill, nothing to bill yet, or why it cannot be billed.
FINE, NOTHING, NO_OPENING_READ, GAP_IN_READS, NEGATIVE, NO_YEARLY = range(6)


@dataclass(frozen=True, slots=True)
class Contracts:
    """(n,) each, sorted by contract_id without repeats."""

    contract_id: Long
    contract_account_id: Long
    service_point_id: Long
    supplied_from: Long  # day
    supplied_to: Long  # day, OPEN_DAY when the supply goes on
    split_payment: Bools
    actual_on: Long  # L: day of the latest actual read billed; NO_DAY before the first bill on one
    billed_to: Long  # E: day up to which bills went out; NO_DAY before the first bill
    yearly_milli: Long  # Ca; -1 when not known


@dataclass(frozen=True, slots=True)
class Reads:
    """(m,) each, sorted by service point, installation, day."""

    service_point_id: Long
    register_id: Long
    installed_on: Long
    read_id: Long
    day: Long
    running_milli: Long
    trusted: Bools  # may end a bill: measured, told, rebuilt; not an estimate


@dataclass(frozen=True, slots=True)
class Policy:
    """What the utility decided about periods (rules/billing)."""

    fresh_days: int  # a read at most so old at read_through ends the bill; else an estimate goes on from it
    least_days: int  # fewer new days than this are left for a later bill, except at the end of the supply
    least_estimated_days: int  # the same for a bill that rests on no new read


@dataclass(frozen=True, slots=True)
class Stretches:
    """(k,) each, sorted by row and start: the periods to be rated."""

    row: Long
    register_id: Long
    start: Long
    end: Long
    quantity_milli: Long
    estimated: Bools
    from_read_id: Long
    to_read_id: Long  # 0 on an estimate
    from_milli: Long
    to_milli: Long  # running index; 0 on an estimate
    yearly_milli: Long  # the Ca an estimate rests on; -1 on an actual stretch

    def take(self, keep: Bools | Long) -> Stretches:
        return Stretches(*(getattr(self, name)[keep] for name in self.__slots__))


def no_stretches() -> Stretches:
    """Return stretches of nothing."""
    none = np.empty(0, dtype=np.int64)
    columns = {name: none for name in Stretches.__slots__ if name != "estimated"}
    return Stretches(**columns, estimated=np.empty(0, dtype=bool))


@dataclass(frozen=True, slots=True)
class Plan:
    """What each contract is billed: (n,) each but `stretches`."""

    outcome: Long  # FINE, NOTHING or why not
    start: Long
    end: Long
    recomputed: Bools  # rests on a new actual read: estimates since `start` are taken back
    closing: Bools  # reaches the end of the supply
    stretches: Stretches


def plan_bills(contracts: Contracts, reads: Reads, *, through: int, policy: Policy) -> Plan:
    """Return the stretches of each contract, or why there are none.

    through  H: reads up to and including this day count; an estimate reaches up to it
    """
    size = contracts.contract_id.size
    since = np.where(contracts.actual_on == NO_DAY, contracts.supplied_from, contracts.actual_on)
    billed = np.where(contracts.billed_to == NO_DAY, contracts.supplied_from, contracts.billed_to)
    horizon = np.minimum(contracts.supplied_to, through)
    ends = contracts.supplied_to <= through

    row, at = _reads_of(contracts, reads, since, horizon)
    actual, latest_at, outcome = _actual(row, at, reads, since, size)
    opening = np.full(size, NO_DAY, dtype=np.int64)
    opening[row[::-1]] = reads.day[at[::-1]]  # in order backwards, so the earliest stays
    outcome[opening != since] = NO_OPENING_READ
    is_new = np.zeros(size, dtype=bool)
    is_new[actual.row] = True
    read_on = np.where(latest_at >= 0, reads.day[latest_at] if reads.day.size else NO_DAY, NO_DAY)
    latest = np.where(is_new, read_on, since)

    fresh = (horizon - latest <= policy.fresh_days) & is_new & ~ends
    end = np.maximum(np.where(fresh, latest, horizon), billed)
    start = np.where(is_new, since, billed)
    # A new read settles what estimates billed even when it adds no day: the final read that comes late.
    least = np.where(is_new, np.where(ends, 0, policy.least_days), np.where(ends, 1, policy.least_estimated_days))
    outcome[(outcome == FINE) & (end - billed < least)] = NOTHING
    outcome[horizon <= since] = NOTHING

    tail_from = np.where(is_new, latest, billed)
    needs_tail = (outcome == FINE) & (end > tail_from)
    outcome[needs_tail & (contracts.yearly_milli < 0)] = NO_YEARLY
    tails = _tails(np.flatnonzero(needs_tail & (outcome == FINE)), tail_from, end, contracts, reads, latest_at)
    stretches = _joined(actual.take(outcome[actual.row] == FINE), tails)
    return Plan(outcome, start, end, is_new, ends & (end == contracts.supplied_to), stretches)


def _reads_of(contracts: Contracts, reads: Reads, since: Long, horizon: Long) -> tuple[Long, Long]:
    """Return (row, place in reads) of every trusted read in a contract's window, in order."""
    first = np.searchsorted(reads.service_point_id, contracts.service_point_id, side="left")
    last = np.searchsorted(reads.service_point_id, contracts.service_point_id, side="right")
    counts = last - first
    row = np.repeat(np.arange(contracts.contract_id.size), counts)
    at = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    day = reads.day[at]
    keep = reads.trusted[at] & (day >= since[row]) & (day <= horizon[row])
    return row[keep], at[keep]


def _actual(row: Long, at: Long, reads: Reads, since: Long, size: int) -> tuple[Stretches, Long, Long]:
    """Return the actual stretches, the place of each contract's latest read (-1: none) and what is wrong with them."""
    outcome = np.full(size, FINE, dtype=np.int64)
    latest_at = np.full(size, -1, dtype=np.int64)
    if row.size:
        latest_at[row] = at  # in order, so the latest stays
    register, installed = reads.register_id[at], reads.installed_on[at]
    new_group = np.ones(row.size, dtype=bool)
    new_group[1:] = (row[1:] != row[:-1]) | (register[1:] != register[:-1]) | (installed[1:] != installed[:-1])
    first = np.flatnonzero(new_group)
    last = np.append(first[1:], row.size) - 1 if row.size else first
    # A register read on one day only adds no stretch: it just left, or has just come.
    has_days = reads.day[at[first]] < reads.day[at[last]]
    first, last = first[has_days], last[has_days]
    opening, closing = at[first], at[last]
    owner = row[first]
    quantity = reads.running_milli[closing] - reads.running_milli[opening]

    starts_row = np.ones(owner.size, dtype=bool)
    starts_row[1:] = owner[1:] != owner[:-1]
    before = np.empty(owner.size, dtype=np.int64)
    before[1:] = reads.day[closing][:-1]
    before[starts_row] = since[owner[starts_row]]
    outcome[owner[quantity < 0]] = NEGATIVE
    outcome[owner[reads.day[opening] != before]] = GAP_IN_READS
    return (
        Stretches(
            row=owner,
            register_id=reads.register_id[opening],
            start=reads.day[opening],
            end=reads.day[closing],
            quantity_milli=quantity,
            estimated=np.zeros(owner.size, dtype=bool),
            from_read_id=reads.read_id[opening],
            to_read_id=reads.read_id[closing],
            from_milli=reads.running_milli[opening],
            to_milli=reads.running_milli[closing],
            yearly_milli=np.full(owner.size, -1, dtype=np.int64),
        ),
        latest_at,
        outcome,
    )


def _tails(rows: Long, start: Long, end: Long, contracts: Contracts, reads: Reads, latest_at: Long) -> Stretches:
    at = latest_at[rows]
    yearly = contracts.yearly_milli[rows]
    none = np.zeros(rows.size, dtype=np.int64)
    return Stretches(
        row=rows,
        register_id=reads.register_id[at],
        start=start[rows],
        end=end[rows],
        quantity_milli=estimate_milli(yearly, end[rows] - start[rows]),
        estimated=np.ones(rows.size, dtype=bool),
        from_read_id=reads.read_id[at],
        to_read_id=none,
        from_milli=reads.running_milli[at],
        to_milli=none,
        yearly_milli=yearly,
    )


def _joined(one: Stretches, other: Stretches) -> Stretches:
    both = Stretches(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in one.__slots__))
    return both.take(np.lexsort((both.start, both.row)))
