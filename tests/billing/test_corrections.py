"""Wrong bills: taken back by a credit note, billed anew, in the books and in the periods."""

from __future__ import annotations

import pytest

from sorgente.billing.queries.bill_values import UnknownBill, bill_values
from sorgente.billing.usecases.correct_bill import BillNotCorrectable, CorrectionNotBillable, correct_bill
from sorgente.ledger.queries.accounts import items_of, open_items
from sorgente.metering.usecases.held_reads import correct_read, discard_read, release_read
from tests.billing.test_timelines import stretches

pytestmark = pytest.mark.django_db


def misread(town):
    """A read of 300 where the meter showed 130, billed."""
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=1_000)
    town.on("2026-04-01").read("A17", index_m3=300)
    return town.on("2026-04-20").bill("Bianchi", through="2026-04-01")


def mend(town, bill, *, index_m3):
    done = correct_read(
        read_id=bill.consumptions[-1].to_read_id, index_milli=index_m3 * 1000, corrected_by="clerk",
        corrected_at=town.now, reason="photo",
    )  # fmt: skip
    if done.state == "held":
        release_read(read_id=done.read_id, released_by="clerk", released_at=town.now, reason="photo")


def test_a_misread_bill_is_credited_and_billed_anew(town):
    wrong = misread(town)
    town.on("2026-05-04")
    mend(town, wrong, index_m3=130)
    done = correct_bill(number=wrong.number, corrected_on=town.today, at=town.now)

    note, right = bill_values(done.credit_notes[0]), bill_values(done.bill)
    assert (note.kind, note.document_type, note.corrects) == ("credit_note", "TD04", wrong.number)
    assert (note.total_cents, note.vat_cents) == (-wrong.total_cents, -wrong.vat_cents)
    assert (right.kind, right.corrects) == ("correction", wrong.number)
    assert stretches(right) == [("2026-01-01", "2026-04-01", 30, False)]
    assert town.balance("Bianchi") == right.total_cents
    assert [i.reference for i in open_items(contract_account_id=town.people["Bianchi"].account_id)] == [right.number]
    town.assert_books_balance()
    town.assert_nothing_left_to_bill(through="2026-04-01")


def test_bills_that_followed_on_the_wrong_one_go_with_it(town):
    wrong = misread(town)
    later = town.on("2026-08-03").bill("Bianchi", through="2026-08-01")
    town.on("2026-09-01")
    mend(town, wrong, index_m3=130)
    done = correct_bill(number=wrong.number, corrected_on=town.today, at=town.now)

    assert [bill_values(number).corrects for number in done.credit_notes] == [later.number, wrong.number]
    right = bill_values(done.bill)
    assert stretches(right)[0][:3] == ("2026-01-01", "2026-04-01", 30)
    assert str(right.end) == "2026-08-01"
    assert town.balance("Bianchi") == right.total_cents
    town.assert_books_balance()


def test_an_estimate_taken_back_by_the_wrong_bill_is_taken_back_again(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    estimate = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    town.on("2026-06-01").read("A17", index_m3=400)
    town.on("2026-06-10").run_bills("Bianchi", through="2026-06-01")
    (held,) = town.parked()
    assert held["code"] == "billing.gate.high-consumption"
    town.release(held["id"])
    wrong = town.bills_of("Bianchi")[-1]
    assert wrong.kind == "actual"

    town.on("2026-06-20")
    mend(town, wrong, index_m3=160)
    done = correct_bill(number=wrong.number, corrected_on=town.today, at=town.now)
    right = bill_values(done.bill)
    assert {row.takes_back for row in right.charges} == {"", estimate.number}
    assert town.balance("Bianchi") == estimate.total_cents + right.total_cents
    town.assert_books_balance()


def test_what_cannot_be_corrected_is_refused_and_changes_nothing(town):
    wrong = misread(town)
    with pytest.raises(BillNotCorrectable, match="There is none"):
        correct_bill(number="2026/SII/9999999", corrected_on=town.today, at=town.now)
    with pytest.raises(UnknownBill, match="Check the number"):
        bill_values("2026/SII/9999999")
    read_id = wrong.consumptions[-1].from_read_id
    discard_read(read_id=read_id, discarded_by="clerk", discarded_at=town.now, reason="photo")
    with pytest.raises(CorrectionNotBillable, match="no accepted read on 2026-01-01"):
        correct_bill(number=wrong.number, corrected_on=town.today, at=town.now)
    assert len(town.bills_of("Bianchi")) == 1
    assert items_of(wrong.number)[0].settled_cents == 0


def test_a_credit_note_and_a_corrected_bill_stand(town):
    wrong = misread(town)
    mend(town, wrong, index_m3=130)
    done = correct_bill(number=wrong.number, corrected_on=town.today, at=town.now)
    for number in (wrong.number, done.credit_notes[0]):
        with pytest.raises(BillNotCorrectable, match="Choose a bill that stands"):
            correct_bill(number=number, corrected_on=town.today, at=town.now)
