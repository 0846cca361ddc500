"""What reads that do not fit together say, without a database."""

from __future__ import annotations

import numpy as np
import pytest

from sorgente.billing.core import stretches as periods
from sorgente.billing.core.compute import compute_bills
from sorgente.billing.core.rows import no_rows
from sorgente.billing.core.stretches import OPEN_DAY, Policy, Reads, plan_bills
from sorgente.tariffs.library import tariff_book
from tests.billing.test_laws import OPEN_GATE, START, conditions, one_contract

POLICY = Policy(fresh_days=45, least_days=28, least_estimated_days=28)


def reads(*rows):
    """(register, day from the start, index in litres, trusted) in the order of days."""
    register = np.array([row[0] for row in rows], dtype=np.int64)
    day = np.array([row[1] for row in rows], dtype=np.int64) + START
    return Reads(
        service_point_id=np.ones(len(rows), dtype=np.int64),
        register_id=register,
        installed_on=np.array([day[register == one].min() for one in register]),
        read_id=np.arange(1, len(rows) + 1),
        day=day,
        running_milli=np.array([row[2] for row in rows]),
        trusted=np.array([row[3] if len(row) > 3 else True for row in rows]),
    )


@pytest.mark.parametrize(
    ("given", "outcome", "code"),
    [
        ([(1, 0, 0), (1, 90, 5_000)], periods.FINE, ""),
        ([(1, 3, 0), (1, 90, 5_000)], periods.NO_OPENING_READ, "billing.reads.no-opening-read"),
        ([(1, 0, 0, False), (1, 90, 5_000)], periods.NO_OPENING_READ, "billing.reads.no-opening-read"),
        ([(1, 0, 5_000), (1, 90, 4_999)], periods.NEGATIVE, "billing.reads.negative-consumption"),
        ([(1, 0, 0), (1, 40, 5_000), (2, 41, 0), (2, 90, 10)], periods.GAP_IN_READS, "billing.reads.gap"),
        ([(1, 0, 0), (2, 40, 0), (2, 90, 10)], periods.GAP_IN_READS, "billing.reads.gap"),
        ([(1, 0, 0), (1, 40, 5_000), (2, 40, 0), (2, 90, 10)], periods.FINE, ""),
        ([(1, 0, 0), (1, 90, 7, False)], periods.NO_YEARLY, "billing.estimate.no-annual-consumption"),
    ],
)  # fmt: skip
def test_reads_that_do_not_fit_are_named(given, outcome, code):
    contracts = one_contract(yearly=-1)
    plan = plan_bills(contracts, reads(*given), through=START + 90, policy=POLICY)
    assert plan.outcome.tolist() == [outcome]
    bills = compute_bills(
        contracts, reads(*given), conditions(), no_rows(), tariff_book(), through=START + 90, issued_on=START + 90,
        policy=POLICY, gate=OPEN_GATE, released=np.array([False]),
    )  # fmt: skip
    assert [parked.code for parked in bills.parked] == ([code] if code else [])
    assert all(parked.reason and parked.next_step for parked in bills.parked)
    assert bills.contract_id.size == (not code)


@pytest.mark.parametrize(
    ("latest_read", "through", "end", "estimated"),
    [
        (45, 90, 45, False),  # 45 days old: the bill ends on it
        (44, 90, 90, True),  # a day older: an estimate goes on from it
        (27, 27, None, None),  # 27 days: left for the next bill
        (28, 28, 28, False),
    ],
)
def test_how_old_a_read_and_how_short_a_bill_may_be(latest_read, through, end, estimated):
    plan = plan_bills(one_contract(), reads((1, 0, 0), (1, latest_read, 9)), through=START + through, policy=POLICY)
    if end is None:
        assert plan.outcome.tolist() == [periods.NOTHING]
        assert plan.stretches.row.size == 0
    else:
        assert plan.end.tolist() == [START + end]
        assert plan.stretches.estimated.tolist()[-1] is estimated


def test_a_supply_that_ends_is_billed_to_its_last_day_however_short():
    contracts = one_contract()
    ended = type(contracts)(
        **{name: getattr(contracts, name) for name in contracts.__slots__ if name != "supplied_to"},
        supplied_to=np.array([START + 3]),
    )
    plan = plan_bills(ended, reads((1, 0, 0), (1, 3, 9), (1, 60, 900)), through=START + 90, policy=POLICY)
    assert (plan.end.tolist(), plan.closing.tolist()) == ([START + 3], [True])
    assert plan.stretches.quantity_milli.tolist() == [9]
    assert contracts.supplied_to.tolist() == [OPEN_DAY]
