"""Rows that no tariff makes: from the moment somebody asks for one to the bill that carries it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from sorgente.billing.core.document import PaymentMethod
from sorgente.billing.core.one_offs import AmountOfWrongSign, KindUnknown
from sorgente.billing.core.payment_details import PaymentDetails
from sorgente.billing.models import Bill, OneOff, OneOffRow
from sorgente.billing.queries.audit import totals_problems
from sorgente.billing.queries.bill_documents import bill_documents
from sorgente.billing.queries.bill_file import bill_file
from sorgente.billing.queries.contract_facts import UnknownContract
from sorgente.billing.queries.one_off_list import one_off, one_offs_of_contract, pending_one_offs
from sorgente.billing.queries.replay import replay_bill
from sorgente.billing.queries.to_collect import bills_to_collect
from sorgente.billing.usecases.correct_bill import correct_bill
from sorgente.billing.usecases.one_offs import (
    OneOffBilledAlready,
    ReferenceUsedDifferently,
    UnknownOneOff,
    add_one_off,
    cancel_one_off,
)
from sorgente.billing.usecases.start_run import ONE_OFFS
from sorgente.customers.queries.for_billing import contracts_table
from sorgente.ledger.queries.accounts import open_items, settlements_of
from sorgente.ledger.queries.books import trial_balance

pytestmark = pytest.mark.django_db


def number_of(town, name):
    (row,) = contracts_table([town.people[name].contract_id]).to_pylist()
    return row["contract_number"]


def add(town, name, cents, *, kind="fee", reference="a", text="Copia di atti", **more):
    return add_one_off(
        contract_number=number_of(town, name), kind=kind, text=text, cents=cents, from_on=more.pop("on", town.today),
        reference=reference, at=town.now, **more,
    )  # fmt: skip


def supplied(town, name="Bianchi", meter="A17"):
    town.on("2026-01-01").move_in(name, people=2, meter=meter, index_m3=100, yearly_m3=146)
    return town.on("2026-04-01").read(meter, index_m3=136)


def sundry(bill):
    return [(row.service, row.label, row.cents, row.vat_e4, row.nature) for row in bill.charges if row.kind_code > 100]


def account(code):
    return next(row.balance_cents for row in trial_balance(on=date(2030, 1, 1)) if row.code == code)


def test_a_fee_goes_on_the_next_bill_with_its_vat(town):
    add(supplied(town), "Bianchi", 2_500)
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")

    assert sundry(bill) == [("Altri corrispettivi", "Copia di atti", 2_500, 1000, "")]
    assert bill.net_cents == sum(row.cents for row in bill.charges)
    assert [(g.vat_e4, g.base_cents) for g in bill.vat_groups] == [(1000, bill.net_cents)]
    assert (one_off("a").state, one_off("a").bill_number) == ("billed", bill.number)
    assert replay_bill(bill.number).differences == ()
    town.assert_books_balance()
    town.assert_nothing_left_to_bill(through="2026-04-01")


def test_rows_of_different_natures_stand_apart_and_in_their_accounts(town):
    supplied(town)
    add(town, "Bianchi", 3_750, kind="deposit", text="Rata 1", reference="d")
    add(town, "Bianchi", 500, kind="interest", text="Interessi di mora", reference="i")
    add(town, "Bianchi", -3_000, kind="indemnity", text="voltura del 06/05/2026", reference="q")
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")

    assert [row[2:] for row in sundry(bill)] == [(3_750, 0, "N2.2"), (500, 0, "N1"), (-3_000, 0, "N2.2")]
    wording = "Indennizzo automatico per mancato rispetto dei livelli specifici di qualità definiti dall'Autorità"
    assert sundry(bill)[2][1] == f"{wording}: voltura del 06/05/2026"
    assert [(g.vat_e4, g.base_cents) for g in bill.vat_groups][1] == (0, 1_250)
    assert (account("deposits"), account("default-interest"), account("indemnities")) == (-3_750, -500, 3_000)
    document = paper(bill)
    assert [(g.nature, g.taxable_cents) for g in document.vat_groups if not g.vat_rate_e2] == [
        ("N1", 500),
        ("N2.2", 750),
    ]
    assert [note.title for note in document.notes] == ["Indennizzi"]
    assert "non esclude" in document.notes[0].text
    assert document.contract.deposit_cents is None  # a deposit is what require_deposit asks, not a row of that name
    town.assert_books_balance()


def paper(bill):
    asked = bill.to_pay_cents - bill.credit_cents
    prepared = PaymentDetails(method=PaymentMethod.PAGOPA, cents=asked, due_on=bill.due_on, notice_number="3" * 18)
    return bill_documents([bill.id], payments={bill.id: prepared}).ready[bill.id]


@pytest.mark.parametrize(("cents", "duty"), [(7_747, 0), (7_748, 200)])
def test_stamp_duty_begins_a_cent_above_the_threshold(town, cents, duty):
    supplied(town)
    add(town, "Bianchi", cents, kind="deposit", text="Deposito")
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")

    assert bill.stamp_duty_cents == duty
    assert [row.cents for row in bill.charges if row.label.startswith("Imposta di bollo")] == [duty] * bool(duty)
    assert account("stamp-duty") == -duty
    assert replay_bill(bill.number).differences == ()
    town.assert_books_balance()


def test_the_utility_bears_the_stamp_of_a_document_that_gives_money_back(town):
    supplied(town)
    add(town, "Bianchi", -10_000, kind="deposit_return", text="Deposito")
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    assert bill.stamp_duty_cents == 200
    assert len(sundry(bill)) == 1
    assert (account("stamp-duty"), account("stamp-duty-borne")) == (-200, 200)
    assert replay_bill(bill.number).differences == ()
    town.assert_books_balance()


def test_a_parked_bill_leaves_its_rows_waiting(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=20)
    town.on("2026-04-01").read("A17", index_m3=400)
    add(town, "Bianchi", 2_500)
    town.on("2026-04-20").run_bills(through="2026-04-01")
    assert (len(town.parked()), one_off("a").state) == (1, "pending")
    town.release(town.parked()[0]["id"])
    assert (one_off("a").state, len(town.bills_of("Bianchi"))) == ("billed", 1)
    town.assert_books_balance()


def test_a_row_of_a_later_day_waits(town):
    supplied(town)
    add(town, "Bianchi", 2_500, on=date(2026, 4, 21))
    town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    assert [row["reference"] for row in pending_one_offs(kind="fee")] == ["a"]
    town.assert_books_balance()


def test_an_ended_supply_gets_them_on_its_closing_bill_and_afterwards_on_one_of_their_own(town):
    supplied(town).move_out("Bianchi")
    add(town, "Bianchi", 1_000, reference="before")
    closing = town.on("2026-04-20").run_due(through="2026-04-20").bills_of("Bianchi")[0]
    assert (closing.kind, len(sundry(closing))) == ("closing", 1)

    add(town.on("2026-05-04"), "Bianchi", -3_000, kind="indemnity", reference="after", text="chiusura")
    town.run_due(through="2026-05-04")
    own = town.bills_of("Bianchi")[1]
    assert (own.kind, own.document_type, own.total_cents, own.quantity_milli) == ("one_off", "TD04", -3_000, 0)
    assert (str(own.start), str(own.end)) == ("2026-05-04", "2026-05-05")
    assert replay_bill(own.number).differences == ()
    assert paper(own).explanation.startswith("Non riguarda i consumi")
    town.assert_books_balance()
    town.run_due(through="2026-05-04")
    assert len(town.bills_of("Bianchi")) == 2


def test_a_run_of_one_offs_bills_no_water(town):
    add(supplied(town), "Bianchi", 2_500)
    town.on("2026-04-20").run_bills(select=ONE_OFFS)
    (bill,) = town.bills_of("Bianchi")
    assert (bill.kind, bill.net_cents, bill.vat_cents) == ("one_off", 2_500, 250)
    water = town.bill("Bianchi", through="2026-04-01")
    assert (water.kind, sundry(water)) == ("actual", [])
    town.assert_books_balance()


def test_a_credit_is_set_against_the_next_bill_which_asks_for_the_rest(town):
    supplied(town)
    add(town, "Bianchi", -20_000, kind="credit", text="Accredito per perdita occulta")
    first = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    assert (first.document_type, first.credit_cents) == ("TD04", 0)
    town.on("2026-07-01").read("A17", index_m3=166)
    second = town.on("2026-07-20").bill("Bianchi", through="2026-07-01")

    left = -first.total_cents
    assert second.credit_cents == min(left, second.to_pay_cents) > 0
    assert [(one.credit, one.cents) for one in settlements_of(second.number)] == [(first.number, second.credit_cents)]
    run = Bill.objects.get(pk=second.id).run_id
    asked = dict(zip(*(bills_to_collect(run)[name].to_pylist() for name in ("bill_number", "cents")), strict=True))
    assert asked == {second.number: second.to_pay_cents - second.credit_cents}
    document = paper(second)
    assert document.header.credit_cents == second.credit_cents
    assert bill_file(second.number).credit_cents == second.credit_cents
    assert town.balance("Bianchi") == first.total_cents + second.total_cents
    town.assert_books_balance()


def test_a_corrected_bill_gives_its_rows_to_the_new_one(town):
    supplied(town)
    add(town, "Bianchi", 10_000, kind="deposit", text="Deposito")
    wrong = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    done = correct_bill(number=wrong.number, corrected_on=date(2026, 5, 4), at=town.now)

    note, fresh = town.bills_of("Bianchi")[1:]
    assert note.total_cents == -wrong.total_cents
    assert one_off("a").bill_number == done.bill == fresh.number
    assert sundry(fresh) == sundry(wrong)
    assert account("deposits") == -10_000
    assert [item.reference for item in open_items(contract_account_id=town.people["Bianchi"].account_id)] == [
        fresh.number
    ]
    town.assert_books_balance()


def test_the_same_reference_twice_is_the_same_row_and_other_content_is_refused(town):
    supplied(town)
    assert add(town, "Bianchi", 2_500) == add(town, "Bianchi", 2_500)
    with pytest.raises(ReferenceUsedDifferently, match="another cents: 2500, now 2600"):
        add(town, "Bianchi", 2_600)
    with pytest.raises(KindUnknown, match="no such kind"):
        add(town, "Bianchi", 2_600, kind="tip", reference="b")
    with pytest.raises(KindUnknown, match="brings its own"):
        add(town, "Bianchi", 200, kind="stamp_duty", reference="b")
    for kind, cents in (("deposit", -1), ("indemnity", 1), ("other", 0)):
        with pytest.raises(AmountOfWrongSign):
            add(town, "Bianchi", cents, kind=kind, reference="b")
    with pytest.raises(UnknownContract):
        add_one_off(contract_number="no", kind="fee", text="", cents=1, from_on=town.today, reference="b", at=town.now)
    assert [row.reference for row in one_offs_of_contract(number_of(town, "Bianchi"))] == ["a"]


def test_a_cancelled_row_is_never_billed_and_a_billed_one_never_cancelled(town):
    supplied(town)
    add(town, "Bianchi", 2_500, reference="out")
    add(town, "Bianchi", 1_500, reference="in")
    for _ in range(2):
        cancel_one_off(reference="out", reason="doppia", at=town.now)
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    assert [row[2] for row in sundry(bill)] == [1_500]
    with pytest.raises(OneOffBilledAlready, match=bill.number):
        cancel_one_off(reference="in", reason="", at=town.now)
    with pytest.raises(UnknownOneOff):
        cancel_one_off(reference="none", reason="", at=town.now)


def test_the_database_keeps_what_was_said(town):
    supplied(town)
    add(town, "Bianchi", 2_500)
    town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    add(town, "Bianchi", 2_500, reference="b", on=date(2027, 1, 1))
    for change in (
        lambda: OneOff.objects.update(cents=1),
        lambda: OneOff.objects.filter(state="pending").delete(),
        lambda: OneOffRow.objects.update(text=""),
    ):
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            change()
    OneOff.objects.filter(reference="a").update(state="pending", bill=None)
    assert list(totals_problems()) == []
    town.on("2026-05-04").run_bills("Bianchi", select=ONE_OFFS)
    assert [str(problem) for problem in totals_problems()] == ["A2 One-off row a: It stands on 2 bills that hold."]
