"""The security deposit: figures, laws, and its life from the first bill to the last."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sorgente.billing.core.deposits import (
    Held,
    deposit_terms,
    instalments,
    interest_cents,
    rates_of,
    required_cents,
    waiver,
)
from sorgente.billing.queries.deposits import deposit_of
from sorgente.billing.usecases.deposits import (
    DepositThereAlready,
    NoDeposit,
    require_deposit,
    return_deposit,
    review_deposits,
    transfer_deposit,
)
from sorgente.customers.usecases.contract_account import change_payment_method
from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.usecases.allocate import allocate_credits
from sorgente.ledger.usecases.post_transaction import post_transaction
from sorgente.tariffs.rules import rules
from tests.billing.test_one_offs import account, number_of, paper, sundry

CASES = yaml.safe_load(Path("cases/billing/deposit/figures.yaml").read_text(encoding="utf-8"))
TERMS = deposit_terms(rules(), on=date(2026, 4, 1))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_figures_of_the_rule(case):
    said = case["given"]
    if "held" in said:
        pieces = [Held(cents, since) for cents, since in said["held"]]
        assert {"interest_cents": interest_cents(pieces, until=said["until"], rates=rates_of(rules()))} == case[
            "expect"
        ]
        return
    terms = deposit_terms(rules(), on=said["day"])
    yearly = said["yearly_m3"] * 1000 if "yearly_m3" in said else None
    reason = waiver(
        terms, by_direct_debit=said.get("by_direct_debit", False), yearly_milli=yearly, bonus=said.get("bonus", False)
    )
    if reason:
        assert case["expect"] == {"waiver": reason}
        return
    cents = required_cents(said["yearly_cents"], terms, units=said.get("units", 1))
    assert case["expect"] == {"required_cents": cents, "instalments": instalments(cents, terms)}


@given(cents=st.integers(0, 10**9))
def test_instalments_add_up_to_the_deposit(cents):
    parts = instalments(cents, TERMS)
    assert sum(parts) == cents
    assert all(part > 0 for part in parts)
    assert len(parts) <= 1 + TERMS.rest_bills


@given(
    cents=st.integers(0, 10**7), since=st.dates(date(2020, 1, 1), date(2026, 12, 31)), days=st.integers(0, 3000),
    more=st.integers(0, 500),
)  # fmt: skip
def test_longer_and_more_never_bear_less_interest(cents, since, days, more):
    def interest(amount, length):
        until = date.fromordinal(since.toordinal() + length)
        return interest_cents([Held(amount, since)], until=until, rates=rates_of(rules()))

    assert 0 <= interest(cents, days) <= interest(cents, days + more) <= interest(cents + more, days + more)


# ------------------------------------------------------------------ stories


def moved_in(town, name="Bianchi", meter="A17", **more):
    return town.on("2026-01-01").move_in(name, people=2, meter=meter, index_m3=100, yearly_m3=146, **more)


def ask(town, name="Bianchi", yearly_cents=30_000):
    return require_deposit(contract_number=number_of(town, name), yearly_cents=yearly_cents, on=town.today, at=town.now)


def pay(town, name="Bianchi"):
    """Pay today whatever the account owes."""
    account_id, cents = town.people[name].account_id, town.balance(name)
    post_transaction(
        source=f"test:{town.today}:{name}", kind="payment", booked_on=town.today, recorded_at=town.now, description="",
        lines=[Line("bank", cents), CustomerLine(account_id, -cents, f"payment {town.today}", town.today)],
    )  # fmt: skip
    allocate_credits(contract_account_id=account_id, allocated_on=town.today)


def billed(town, day, name="Bianchi"):
    return [row[2] for row in sundry(town.on(day).bill(name, through=day)) if row[0] == "Deposito cauzionale"]


@pytest.mark.django_db
def test_half_with_the_first_bill_and_the_rest_with_the_next_two(town):
    moved_in(town)
    first = ask(town)
    assert ask(town, yearly_cents=99_999).pk == first.pk  # asked again: the one there is
    found = [billed(town, day) for day in ("2026-02-01", "2026-04-01", "2026-06-01", "2026-08-01")]
    assert found == [[3_750], [1_875], [1_875], []]
    assert account("deposits") == -7_500
    held = deposit_of(number_of(town, "Bianchi"))
    assert (held.required_cents, held.billed_cents, held.collected_cents) == (7_500, 7_500, 0)
    pay(town.on("2026-08-10"))
    assert deposit_of(number_of(town, "Bianchi")).collected_cents == 7_500
    assert paper(town.bills_of("Bianchi")[-1]).contract.deposit_cents == 7_500
    town.assert_books_balance()


@pytest.mark.django_db
def test_the_closing_bill_gives_it_back_with_interest_from_the_day_it_was_paid(town):
    moved_in(town)
    ask(town)
    assert billed(town, "2026-02-01") == [3_750]
    pay(town.on("2026-03-01"))
    town.on("2027-03-01").read("A17", index_m3=150).move_out("Bianchi")
    done = return_deposit(contract_number=number_of(town, "Bianchi"), on=town.today, at=town.now)
    assert (done.returned_cents, done.interest_cents) == (3_750, 60)  # 37.50 x 1.6 %, a year; two parts never billed
    closing = town.bill("Bianchi")
    assert [row[1:3] for row in sundry(closing)] == [
        ("Restituzione del deposito cauzionale", -3_750),
        ("Interessi legali sul deposito cauzionale", -60),
    ]
    assert closing.kind == "closing"
    assert (account("deposits"), account("deposit-interest")) == (0, 60)
    assert return_deposit(contract_number=number_of(town, "Bianchi"), on=town.today, at=town.now).pk == done.pk
    town.assert_books_balance()
    town.assert_nothing_left_to_bill()


@pytest.mark.django_db
def test_direct_debit_frees_of_it_until_it_is_revoked(town):
    moved_in(town, payment_method="sdd")
    waived = ask(town)
    assert (waived.state, waived.reason) == ("waived", "direct_debit")
    assert ask(town).pk == waived.pk
    assert billed(town, "2026-02-01") == []
    assert review_deposits(on=town.today, at=town.now).asked == 0
    change_payment_method(account_id=town.people["Bianchi"].account_id, method="pagopa")
    assert review_deposits(on=town.today, at=town.now).asked == 1
    assert review_deposits(on=town.today, at=town.now).asked == 0
    assert billed(town, "2026-04-01") == [7_500]
    town.assert_books_balance()


@pytest.mark.django_db
def test_a_bonus_gives_it_back_on_the_next_bill(town):
    moved_in(town)
    ask(town)
    assert billed(town, "2026-02-01") == [3_750]
    town.on("2026-03-01").change("Bianchi", bonus=True)
    assert review_deposits(on=town.today, at=town.now).returned == 1
    assert review_deposits(on=town.today, at=town.now).returned == 0
    assert billed(town, "2026-04-01") == [-3_750]
    assert account("deposits") == 0
    town.assert_books_balance()


@pytest.mark.django_db
def test_an_heir_takes_it_over_without_any_money_moving(town):
    moved_in(town)
    ask(town)
    billed(town, "2026-02-01")
    pay(town.on("2026-03-01"))
    town.on("2026-05-01").read("A17", index_m3=130).move_out("Bianchi")
    town.move_in("Verdi", meter="A17", index_m3=130, at="Bianchi", installs=False)
    old, new = number_of(town, "Bianchi"), number_of(town, "Verdi")
    done = transfer_deposit(from_contract=old, to_contract=new, on=town.today, at=town.now)
    assert transfer_deposit(from_contract=old, to_contract=new, on=town.today, at=town.now).pk == done.pk

    assert (deposit_of(old).state, deposit_of(new).collected_cents) == ("transferred", 3_750)
    assert billed(town, "2026-05-01", "Bianchi") == []
    town.on("2026-06-01").read("A17", index_m3=140)
    assert billed(town, "2026-06-01", "Verdi") == [1_875]
    assert account("deposits") == -5_625
    # Given back, the days at the old contract count: 37.50 from 1 March; the instalment of June is not paid.
    back = return_deposit(contract_number=new, on=date(2027, 3, 1), at=town.now)
    assert (back.returned_cents, back.interest_cents) == (5_625, 60)
    with pytest.raises(NoDeposit):
        return_deposit(contract_number=old, on=town.today, at=town.now)
    with pytest.raises(NoDeposit):
        transfer_deposit(from_contract=new, to_contract=old, on=town.today, at=town.now)
    town.assert_books_balance()


@pytest.mark.django_db
def test_a_contract_has_one_deposit(town):
    moved_in(town)
    moved_in(town, "Verdi", "B03")
    ask(town)
    ask(town, "Verdi")
    with pytest.raises(DepositThereAlready):
        transfer_deposit(
            from_contract=number_of(town, "Bianchi"), to_contract=number_of(town, "Verdi"), on=town.today, at=town.now
        )
