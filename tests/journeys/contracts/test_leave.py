"""Disdetta: the final read, the closing bill, the deposit with its interest."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sorgente.archive.queries.keeping import kept_until_of
from sorgente.billing.queries.deposits import deposit_of
from sorgente.billing.usecases.deposits import require_deposit
from sorgente.customers.queries.overview import account_overview
from sorgente.customers.queries.requests import request_view
from sorgente.journeys.contracts.follow_up import follow_up_bills
from sorgente.journeys.contracts.mandates import end_mandate
from sorgente.journeys.contracts.steps import record_delivery
from sorgente.messages.queries.messages import messages_about
from sorgente.metering.queries.point_meters import meters_at
from sorgente.quality.queries.clocks import clocks_of
from tests.billing.test_timelines import stretches
from tests.journeys.contracts.office import IBAN

pytestmark = pytest.mark.django_db


def bianchi(office):
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    return office


def leaves(office, *, desired_on=None, **given):
    office.opens("termination", contract_number=office.contract("Bianchi").number)
    record_delivery(**office.by(), channel="post", desired_on=desired_on, **given)
    return office


def test_the_supply_ends_on_its_final_read(office):
    """CON-05: asked on Monday 25 May 2026, closed by 4 June (2 June is a holiday)."""
    bianchi(office).on("2026-05-25")
    leaves(office)
    assert office.view.line.state == "ready"
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    assert (clock.standard, str(clock.due_on)) == ("S11", "2026-06-04")
    done = office.on("2026-06-01").reads(150).executes(bills_now=True)

    contract = office.contract("Bianchi")
    assert (str(contract.end), str(done.effective_on)) == ("2026-06-01", "2026-06-01")
    assert str(account_overview(office.people["Bianchi"].account_id, as_of=office.today).closed_on) == "2026-06-01"
    (closing,) = office.bills_of("Bianchi")
    assert (closing.kind, stretches(closing)) == ("closing", [("2026-01-01", "2026-06-01", 50, False)])
    assert done.bills == (closing.number,)
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    assert (clock.state, clock.within) == ("ended", True)
    # Shut, not taken away: the next holder finds it.
    assert [meter.removed_on for meter in meters_at([contract.point.id])] == [None]
    office.assert_books_balance()
    office.assert_nothing_left_to_bill(through="2026-06-01")


def test_the_meter_may_go_with_it(office):
    bianchi(office).on("2026-05-25")
    leaves(office, removes_meter=True)
    office.on("2026-05-28").reads(149).executes()
    (meter,) = meters_at([office.contract("Bianchi").point.id])
    assert (str(meter.removed_on), meter.reads[0].kind, meter.reads[0].index_milli) == ("2026-05-28", "remove", 149_000)


def test_a_later_day_starts_the_clock_on_that_day(office):
    bianchi(office).on("2026-05-25")
    leaves(office, desired_on=date(2026, 6, 15))
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    assert str(clock.due_on) == "2026-06-24"


def test_the_deposit_comes_back_with_legal_interest(office):
    """CON-07: 75.00 held from 1 July 2025 to 30 June 2026 gives 1.35 of interest."""
    office.on("2025-03-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    number = office.contract("Bianchi").number
    require_deposit(contract_number=number, yearly_cents=30_000, on=office.today, at=office.now)
    for day, index in (("2025-04-01", 110), ("2025-05-01", 120), ("2025-06-01", 130)):
        office.on(day).read("A17", index_m3=index).bill("Bianchi", through=day)
    office.on("2025-07-01").pays("Bianchi")
    office.on("2026-06-25")
    leaves(office, desired_on=date(2026, 7, 1))
    done = office.on("2026-07-01").reads(200).executes(bills_now=True)

    deposit = deposit_of(number)
    assert deposit is not None
    assert (deposit.state, deposit.returned_cents, deposit.interest_cents) == ("returned", 7_500, 135)
    (closing,) = (bill for bill in office.bills_of("Bianchi") if bill.number in done.bills)
    assert [row.cents for row in closing.charges if row.service == "Deposito cauzionale"] == [-7_500, -135]
    office.assert_books_balance()


def rossi_signs_and_leaves(office, *, revokes: bool):
    # Mar 2: contract and mandate signed   May 1: mandate revoked, or not   Jun 1: the supply ends
    office.on("2026-03-02").asks("activation", "Rossi", payment_method="sdd", iban=IBAN).signs()
    office.reads(0, meter_serial="N77").executes("Rossi")
    signed = office.view.signed_document_id
    contract = office.contract("Rossi")
    assert kept_until_of(signed) is None
    if revokes:
        office.on("2026-05-01")
        end_mandate(account_number=contract.account_number, on=office.today, at=office.now)
        assert kept_until_of(signed) is None  # the contract goes on
    office.on("2026-05-25").opens("termination", contract_number=contract.number)
    record_delivery(**office.by(), channel="post")
    office.on("2026-06-01").reads(40).executes()
    return signed


@pytest.mark.parametrize("revokes", [False, True])
def test_papers_are_kept_for_their_years_from_the_end(office, revokes):
    assert kept_until_of(rossi_signs_and_leaves(office, revokes=revokes)) == date(2036, 6, 1)


def test_bills_of_a_request_cut_short_are_looked_after(office):
    #  May 28 carried out, without bills    Jun 1 the cycle makes the closing one    Jun 2 the job notes and sends it
    bianchi(office).on("2026-05-25")
    leaves(office)
    office.on("2026-05-28").reads(149).executes()
    since = office.now - timedelta(days=30)
    assert follow_up_bills(since=since, at=office.now).requests == []
    closing = office.on("2026-06-01").bill("Bianchi", through="2026-06-01")
    office.on("2026-06-02")
    for _again in range(2):
        done = follow_up_bills(since=since, at=office.now)
        assert (done.requests, done.refusals) == ([office.number], [])
    assert request_view(office.number, as_of=office.today).bills == (closing.number,)
    (letter,) = messages_about(f"bill:{closing.number}")
    assert letter.channel == "post"
