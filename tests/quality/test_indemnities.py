"""Indemnities grow with the delay, fall away with a cause, and reach the customer in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db.models import Sum

from sorgente.billing.queries.one_off_list import one_off
from sorgente.customers.models import ContractRequest
from sorgente.customers.queries.overview import account_overview
from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.usecases.allocate import allocate_credits
from sorgente.ledger.usecases.post_transaction import post_transaction
from sorgente.quality.core.indemnity import Cause
from sorgente.quality.models import Evaluation, IndemnityDue, IndemnityStep
from sorgente.quality.queries.indemnities import indemnities_of_account, indemnity_totals, list_indemnities, steps_of
from sorgente.quality.usecases.evaluate_clocks import evaluate_clocks
from sorgente.quality.usecases.record_bill_standards import record_bill_standards
from sorgente.quality.usecases.record_observation import record_observation
from sorgente.quality.usecases.settle_indemnities import (
    NotForDirectPayment,
    record_direct_payment,
    settle_indemnities,
)
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.quality.usecases.stop_clock import cancel_clock, stop_clock
from sorgente.quality.usecases.suspend_clock import suspend_clock
from tests.quality.conftest import at
from tests.town import Town

pytestmark = pytest.mark.django_db
VOLTURA = {"standard": "S12", "reference": "request:7"}


def start(account: str = "", **changes):
    told = {**VOLTURA, "channel": "desk", "started_at": at("2026-04-20 10:00"), **changes}
    return start_clock(contract_account_number=account, **told)


def evaluate(day: str):
    return evaluate_clocks(as_of=date.fromisoformat(day), at=at(f"{day} 23:00"))


def settle(day: str):
    return settle_indemnities(as_of=date.fromisoformat(day), at=at(f"{day} 23:00"))


def owed() -> int:
    return IndemnityDue.objects.exclude(state="excluded").aggregate(sum=Sum("cents"))["sum"] or 0


def number_of(town: Town, name: str) -> str:
    return account_overview(town.people[name].account_id, as_of=town.today).number


def pay(town: Town, name: str, *, day: str) -> None:
    """Let everything the account owes be paid, as an import of the bank would."""
    account_id, on = town.people[name].account_id, date.fromisoformat(day)
    cents = town.balance(name)
    post_transaction(
        source=f"payment:{day}", kind="payment", booked_on=on, recorded_at=at(f"{day} 10:00"), description="Bonifico",
        lines=[
            Line("bank", cents),
            CustomerLine(account_id, -cents, f"payment:{day}", on),
        ],
    )  # fmt: skip
    allocate_credits(contract_account_id=account_id, allocated_on=on)


def bianchi(town: Town) -> str:
    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100, yearly_m3=120)
    return number_of(town, "Bianchi")


def test_an_open_clock_accrues_base_double_and_triple_as_days_pass():
    start()
    due = {"2026-04-27": 0, "2026-04-28": 3000, "2026-05-05": 3000, "2026-05-06": 6000, "2026-05-12": 6000,
           "2026-05-13": 9000, "2026-12-01": 9000}  # fmt: skip
    for day, cents in due.items():
        evaluate(day)
        assert owed() == cents, day
        evaluate(day)
        assert owed() == cents, day
    assert [(step.cents, step.elapsed) for step in steps_of(IndemnityDue.objects.get().pk)] == [
        (3000, 6), (6000, 11), (9000, 16),
    ]  # fmt: skip


def test_days_left_out_are_caught_up():
    start()
    assert evaluate("2026-05-13").late == 1
    assert owed() == 9000
    assert Evaluation.objects.get().as_of == date(2026, 5, 13)


def test_an_appointment_that_is_still_to_come_accrues_nothing():
    start(standard="S16", reference="appointment:A", started_at=at("2026-05-11 14:00"))
    for instant, cents in (("09:00", 0), ("17:00", 0), ("17:01", 3000)):
        evaluate_clocks(as_of=date(2026, 5, 11), at=at(f"2026-05-11 {instant}"))
        assert owed() == cents, instant


def test_a_suspended_clock_does_not_grow_but_keeps_what_it_owes():
    start()
    suspend_clock(**VOLTURA, at=at("2026-04-29 09:00"), cause="permit")
    assert evaluate("2026-06-30").late == 1
    assert owed() == 3000


def test_one_indemnity_of_a_standard_in_a_year():
    start("A1", reference="request:1")
    start("A1", reference="request:2")
    start("A1", standard="S11", reference="request:3")
    start("A2", reference="request:4")
    evaluate("2026-05-06")
    rows = IndemnityDue.objects.order_by("performance__reference")
    assert list(rows.values_list("performance__reference", "cents", "state", "excluded")) == [
        ("request:1", 6000, "accrued", ""),
        ("request:2", 6000, "excluded", "year_cap"),
        ("request:3", 3000, "accrued", ""),
        ("request:4", 6000, "accrued", ""),
    ]
    evaluate("2026-05-13")
    assert list(rows.values_list("cents", flat=True)) == [9000, 9000, 6000, 9000]


def test_the_next_year_counts_anew():
    start("A1", reference="request:1")
    stop_clock(standard="S12", reference="request:1", ended_at=at("2026-04-28 09:00"))
    start("A1", reference="request:2", started_at=at("2027-01-11 09:00"))
    stop_clock(standard="S12", reference="request:2", ended_at=at("2027-01-20 09:00"))
    assert owed() == 6000


def test_a_cause_known_at_the_end_takes_back_what_had_accrued():
    start()
    evaluate("2026-04-28")
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"), cause=Cause.THIRD_PARTY, proof="verbale 3")
    assert owed() == 0
    states = IndemnityDue.objects.order_by("part").values_list("state", "excluded", "cents")
    assert set(states) <= {("excluded", "third_party", 3000), ("excluded", "third_party", 6000)}


def test_called_off_takes_back_too():
    start()
    evaluate("2026-04-28")
    cancel_clock(**VOLTURA, reason="Rinuncia", at=at("2026-04-29 09:00"))
    assert list(IndemnityDue.objects.values_list("state", "excluded")) == [("excluded", "cancelled")]


def test_the_first_useful_bill_carries_it(town):
    account = bianchi(town)
    start(account)
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    assert settle("2026-05-07").on_bill == 1
    part = IndemnityDue.objects.get()
    row = one_off(part.one_off_reference)
    assert (row.kind, row.cents, row.state) == ("indemnity", -6000, "pending")
    assert settle("2026-05-08").waiting == 1
    town.on("2026-05-20").read("A17", index_m3=140)
    bill = town.on("2026-05-25").bill("Bianchi")
    assert settle("2026-05-26").paid == 1
    part.refresh_from_db()
    assert (part.state, part.bill_number, part.paid_on) == ("paid", bill.number, date(2026, 5, 25))
    assert settle("2026-05-27").paid == 0
    assert indemnity_totals()["paid"] == (1, 6000)
    assert [one["bill_number"] for one in indemnities_of_account(account)] == [bill.number]


def test_what_grows_after_the_bill_is_a_part_of_its_own(town):
    account = bianchi(town)
    start(account)
    evaluate("2026-04-28")
    settle("2026-04-29")
    evaluate("2026-05-06")
    rows = IndemnityDue.objects.order_by("part").values_list("cents", "state")
    assert list(rows) == [(3000, "on_bill"), (3000, "accrued")]
    settle("2026-05-07")
    assert len({part.one_off_reference for part in IndemnityDue.objects.all()}) == 2
    stop_clock(**VOLTURA, ended_at=at("2026-05-08 12:00"), cause=Cause.FORCE_MAJEURE, proof="ordinanza 4")
    assert owed() == 0
    assert {one_off(part.one_off_reference).state for part in IndemnityDue.objects.exclude(one_off_reference="")} == {
        "cancelled"
    }


def test_no_bill_in_time_means_direct_payment(town):
    account = bianchi(town)
    start(account)
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    settle("2026-05-07")
    part = IndemnityDue.objects.get()
    assert part.settle_by == date(2026, 10, 17)
    assert settle("2026-09-16").waiting == 1
    assert settle("2026-09-17").direct == 1
    part.refresh_from_db()
    assert (part.state, one_off(part.one_off_reference).state) == ("direct", "cancelled")
    paid = {"indemnity_id": part.pk, "paid_on": date(2026, 9, 20), "payment_reference": "CRO 123"}
    record_direct_payment(**paid, at=at("2026-09-20 10:00"))
    record_direct_payment(**paid, at=at("2026-09-20 10:00"))
    part.refresh_from_db()
    assert (part.state, part.paid_on) == ("paid", date(2026, 9, 20))
    with pytest.raises(NotForDirectPayment):
        record_direct_payment(**{**paid, "payment_reference": "CRO 124"}, at=at("2026-09-21 10:00"))
    with pytest.raises(NotForDirectPayment, match="There is none"):
        record_direct_payment(**{**paid, "indemnity_id": 10**9}, at=at("2026-09-21 10:00"))


def test_who_has_no_supply_is_paid_directly():
    start()
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    assert settle("2026-05-07").direct == 1


def test_arrears_suspend_it_until_they_are_paid(town):
    account = bianchi(town)
    town.on("2026-03-01").read("A17", index_m3=120)
    town.on("2026-03-05").bill("Bianchi")
    start(account)
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    assert settle("2026-05-07").suspended == 1
    assert settle("2026-05-08").suspended == 1
    assert IndemnityStep.objects.filter(state="suspended").count() == 1
    pay(town, "Bianchi", day="2026-06-01")
    assert settle("2026-06-01").on_bill == 1
    assert IndemnityDue.objects.get().settle_by == date(2026, 6, 1) + timedelta(days=180)


def test_a_row_that_cannot_be_handed_on_stops_nobody(town):
    start("NOBODY", reference="request:1")
    start(bianchi(town), reference="request:2")
    for reference in ("request:1", "request:2"):
        stop_clock(standard="S12", reference=reference, ended_at=at("2026-05-06 12:00"))
    done = settle("2026-05-07")
    assert done.on_bill == 1
    assert [text.split(":")[0] for text in done.refusals.values()] == ["Contract account NOBODY"]


@pytest.mark.parametrize(
    ("state", "day", "way"), [("signed", "2026-05-07", "waiting"), ("cancelled", "2026-05-07", "direct"),
                              ("signed", "2026-10-10", "direct")],
    ids=["the request goes on", "the request was given up", "the law waits no longer"],
)  # fmt: skip
def test_an_account_only_reserved_has_no_bill_to_wait_for(state, day, way):
    ContractRequest.objects.create(
        number="R-1",
        kind="activation",
        state=state,
        account_number="RESERVED",
        received_at=at("2026-04-20 10:00"),
        outcome_reason="" if state == "signed" else "ha cambiato idea",
        closed_at=None if state == "signed" else at("2026-05-02 10:00"),
    )
    start("RESERVED")
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    assert getattr(settle(day), way) == 1


def test_every_bill_is_measured_once(town):
    account = bianchi(town)
    town.on("2026-04-01").read("A17", index_m3=140)
    town.on("2026-07-09").bill("Bianchi", through="2026-04-01")
    first = record_bill_standards(start=date(2026, 1, 1), end=date(2026, 12, 31))
    again = record_bill_standards(start=date(2026, 1, 1), end=date(2026, 12, 31))
    assert (first.bills, first.late_bills, again.bills) == (1, 1, 0)
    row = list_indemnities().get()
    # The read of 1 April closes the period on 31 March: day 100 is beyond the double of 45.
    assert (row["standard"], row["cents"], row["account_number"]) == ("S23", 6000, account)


def test_a_year_with_too_few_bills_gives_the_base(town):
    town.on("2025-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    town.yearly("Bianchi", 120, year=2024)
    done = record_bill_standards(start=date(2026, 1, 1), end=date(2026, 2, 1))
    assert done.years == 0
    done = record_bill_standards(start=date(2025, 12, 1), end=date(2026, 1, 1))
    assert (done.years, done.short_years) == (1, 1)
    assert list_indemnities().get()["cents"] == 3000


def test_an_observation_is_measured_in_its_unit():
    row = record_observation(
        standard="S17", reference="request:9", started_at=at("2026-05-04 09:00"), ended_at=at("2026-05-19 09:00")
    )
    assert (row.elapsed, row.within) == (11, False)
    assert isinstance(row.ended_at, datetime)
