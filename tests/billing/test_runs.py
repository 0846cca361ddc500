"""Which contracts a run takes, what it refuses to start, and what two runs of the same name are."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.billing.core.frequency import bills_a_year, is_due
from sorgente.billing.core.stretches import NO_DAY, OPEN_DAY
from sorgente.billing.queries.papers_of_bills import UnknownRun, papers_of_bills
from sorgente.billing.usecases.advance_run import advance_run
from sorgente.billing.usecases.issue_bills import DatesGoBack
from sorgente.billing.usecases.start_run import RunDatesWrong, RunStartedDifferently, start_run

STEPS = [[0, 2], [100, 3], [1000, 4], [3000, 6]]


@pytest.mark.parametrize(
    ("yearly_m3", "units", "bills"),
    [
        (0, 1, 2), (100, 1, 2), (101, 1, 3), (1000, 1, 3), (1001, 1, 4), (3000, 1, 4), (3001, 1, 6),
        (2420, 20, 3),  # BIL-02: a condominium of 20 units with 2420 m³ is 121 m³ a unit
        (2420, 1, 4),
    ],
)  # fmt: skip
def test_bills_a_year_by_reference_consumption(yearly_m3, units, bills):
    assert bills_a_year(np.array([yearly_m3 * 1000]), np.array([units]), STEPS).tolist() == [bills]


def test_an_unknown_consumption_is_in_the_first_class():
    assert bills_a_year(np.array([-1]), np.array([1]), STEPS).tolist() == [2]


@pytest.mark.parametrize(
    ("billed_to", "supplied_to", "due"),
    [
        (1000, OPEN_DAY, True),  # half a year ago
        (1001, OPEN_DAY, False),
        (NO_DAY, OPEN_DAY, True),  # never billed, supplied since day 900
        (1100, 1182, True),  # the supply ended today
        (1100, 1183, False),
        (1182, 1182, False),  # its closing bill went out
    ],
)
def test_due_by_rhythm_or_by_the_end_of_the_supply(billed_to, supplied_to, due):
    found = is_due(
        through=1182, billed_to=np.array([billed_to]), supplied_from=np.array([900]),
        supplied_to=np.array([supplied_to]), bills=np.array([2]),
    )  # fmt: skip
    assert found.tolist() == [due]


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 50))
def test_more_water_never_means_fewer_bills(one, other, units):
    less, more = sorted((one, other))
    found = bills_a_year(np.array([less, more]), np.array([units, units]), STEPS)
    assert found[0] <= found[1]


@pytest.mark.django_db
def test_a_run_of_those_due(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=0, yearly_m3=80)  # 2 a year
    town.move_in("Verdi", meter="B03", index_m3=0, yearly_m3=400)  # 3 a year
    town.on("2026-05-10").read("A17", index_m3=30).read("B03", index_m3=140)
    town.on("2026-05-20").run_due(through="2026-05-10")
    assert [len(town.bills_of(name)) for name in ("Bianchi", "Verdi")] == [0, 1]
    town.on("2026-07-05").run_due(through="2026-07-03")
    assert [len(town.bills_of(name)) for name in ("Bianchi", "Verdi")] == [1, 1]
    town.assert_books_balance()


@pytest.mark.django_db
def test_batches_cut_anywhere_give_the_same_bills(town):
    for number in range(5):
        town.on("2026-01-01").move_in(f"Bianchi{'abcde'[number]}", meter=f"M{number}", index_m3=0)
        town.on("2026-04-01").read(f"M{number}", index_m3=10 + number)
    town.on("2026-04-20").run_bills(through="2026-04-01", batch=2)
    bills = [town.bills_of(name)[0] for name in town.people]
    assert [bill.number for bill in bills] == [f"2026/SII/000000{n}" for n in range(1, 6)]
    assert [bill.quantity_milli for bill in bills] == [10_000 + 1_000 * n for n in range(5)]
    town.assert_books_balance()


@pytest.mark.django_db
def test_the_same_run_started_again_is_the_same_run(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=0)
    town.on("2026-04-01").read("A17", index_m3=10)
    town.on("2026-04-20").run_bills(through="2026-04-01", run="April").run_bills(through="2026-04-01", run="April")
    assert len(town.bills_of("Bianchi")) == 1
    with pytest.raises(RunStartedDifferently, match="Give the new run its own name"):
        town.on("2026-04-21").run_bills(through="2026-04-01", run="April")


@pytest.mark.django_db
def test_numbers_start_anew_each_year_and_days_never_go_back(town):
    town.on("2025-01-01").move_in("Bianchi", meter="A17", index_m3=0, yearly_m3=100)
    assert town.on("2025-12-20").bill("Bianchi", through="2025-07-01").number == "2025/SII/0000001"
    assert town.on("2026-01-20").bill("Bianchi", through="2026-01-01").number == "2026/SII/0000001"
    town.on("2026-01-19").read("A17", index_m3=80)
    with pytest.raises(DatesGoBack, match="would follow number 1 of 2026-01-20"):
        town.run_bills("Bianchi")
    assert town.on("2026-01-20").bill("Bianchi").number == "2026/SII/0000002"
    town.assert_books_balance()


@pytest.mark.django_db
def test_a_run_does_not_bill_reads_of_later_days(town):
    with pytest.raises(RunDatesWrong, match="Bill on a later day"):
        start_run(
            name="x", bill_on=date(2026, 4, 1), read_through=date(2026, 4, 2), started_at=town.now, contract_ids=[]
        )
    with pytest.raises(UnknownRun, match="cockpit"):
        papers_of_bills(run="x")


@pytest.mark.django_db
def test_a_run_without_contracts_is_done_at_once(town):
    run = start_run(
        name="none", bill_on=date(2026, 4, 1), read_through=date(2026, 4, 1), started_at=town.now, contract_ids=[]
    )
    assert (advance_run(run, at=town.now).step, run.selected) == ("render", 0)
