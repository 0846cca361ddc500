"""A household that changed on a past day: what was billed since is billed again, to the cent."""

from __future__ import annotations

from datetime import date

import pytest

from sorgente.customers.usecases.change_terms import NothingChanges
from sorgente.customers.usecases.contract_requests import ContractAskedAlready, DayOutOfRange
from sorgente.customers.usecases.request_answers import HouseholdNotTold
from sorgente.journeys.contracts.steps import record_terms
from sorgente.ledger.queries.accounts import open_items
from tests.billing.test_timelines import stretches

pytestmark = pytest.mark.django_db


def settled(office):
    """Two bills on actual reads, for a household of one."""
    office.on("2026-01-01").move_in("Bianchi", people=1, meter="A17", index_m3=0, yearly_m3=240)
    office.on("2026-04-01").read("A17", index_m3=60)
    office.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    office.on("2026-08-01").read("A17", index_m3=140)
    office.on("2026-08-20").bill("Bianchi", through="2026-08-01")
    return office.on("2026-09-07")


def changes(office, people, *, on):
    office.opens("household", contract_number=office.contract("Bianchi").number)
    record_terms(**office.by(), residents=people, from_on=on)
    return office


def test_days_settled_on_actual_reads_are_billed_again(office):
    settled(office)
    first, second = office.bills_of("Bianchi")
    changes(office, 4, on=date(2026, 2, 15))
    assert office.view.line.state == "ready"
    done = office.executes(bills_now=True)

    credit_second, credit_first, anew = office.bills_of("Bianchi")[2:]
    assert done.bills == (credit_second.number, credit_first.number, anew.number)
    assert (credit_first.total_cents, credit_second.total_cents) == (-first.total_cents, -second.total_cents)
    assert stretches(anew) == [("2026-01-01", "2026-08-01", 140, False)]
    # 18.25 m3 a person and year: 45 days of one person, 167 of four, as somebody told so from the start would pay.
    first_bracket = [r for r in anew.rows("Acquedotto") if r.kind == "Quota variabile" and r.bracket == 0]
    assert [(str(r.start), r.quantity_milli) for r in first_bracket] == [("2026-01-01", 2_250), ("2026-02-15", 33_400)]
    assert anew.delivered_at == office.now
    assert office.balance("Bianchi") == anew.total_cents
    assert {i.reference for i in open_items(contract_account_id=office.people["Bianchi"].account_id)} == {anew.number}
    office.assert_books_balance()
    office.assert_nothing_left_to_bill(through="2026-08-01")


def test_it_costs_what_the_same_household_told_in_time_would_have_paid(office):
    settled(office)
    changes(office, 4, on=date(2026, 2, 15)).executes()
    late = office.bills_of("Bianchi")[-1]

    office.on("2026-01-01").move_in("Neri", people=1, meter="B20", index_m3=0)
    office.on("2026-02-15").change("Neri", residents=4)
    office.on("2026-08-01").read("B20", index_m3=140)
    in_time = office.on("2026-09-07").bill("Neri", through="2026-08-01")
    assert late.total_cents == in_time.total_cents
    assert [r.cents for r in late.charges] == [r.cents for r in in_time.charges]


def test_a_change_after_the_days_billed_bills_nothing_again(office):
    settled(office)
    changes(office, 4, on=date(2026, 8, 1))
    assert office.executes().bills == ()
    assert office.contract("Bianchi").terms.residents == 4


def test_what_is_so_already_is_refused_and_changes_nothing(office):
    settled(office)
    changes(office, 1, on=date(2026, 2, 15))
    with pytest.raises(NothingChanges):
        office.executes()
    assert office.view.line.state == "ready"
    assert len(office.bills_of("Bianchi")) == 2


def test_what_cannot_be_told(office):
    settled(office).opens("household", contract_number=office.contract("Bianchi").number)
    with pytest.raises(DayOutOfRange, match="not between 2021-09-07 and 2026-10-07"):
        record_terms(**office.by(), residents=3, from_on=date(2020, 1, 1))
    with pytest.raises(HouseholdNotTold, match="number of residents"):
        record_terms(**office.by(), from_on=date(2026, 9, 1))
    with pytest.raises(ContractAskedAlready, match=office.number):
        office.opens("termination", contract_number=office.contract("Bianchi").number)
