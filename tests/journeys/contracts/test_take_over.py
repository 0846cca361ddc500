"""Voltura: one day, one index, two contracts; after a death free and with the deposit moved."""

from __future__ import annotations

from datetime import date

import pytest

from sorgente.billing.queries.bill_people import contract_rows, customer_of
from sorgente.billing.queries.deposits import deposit_of
from sorgente.billing.queries.one_off_list import one_offs_of_contract
from sorgente.billing.usecases.deposits import require_deposit
from sorgente.customers.core.requests import WrongTransition
from sorgente.customers.queries.requests import reads_to_take
from sorgente.customers.usecases.contract_requests import ChecklistIncomplete
from sorgente.customers.usecases.request_outcome import ReasonMissing
from sorgente.journeys.contracts.steps import attach_paper, record_read, record_title, refuse, waive_arrears
from sorgente.messages.queries.messages import messages_about
from sorgente.quality.queries.clocks import clocks_of
from tests.billing.test_timelines import stretches

pytestmark = pytest.mark.django_db


def bianchi(office, **given):
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146, **given)
    return office


def test_no_day_and_no_litre_between_the_two(office):
    bianchi(office).on("2026-03-10").asks("takeover", "Verdi", of="Bianchi").reads(130, kind="self").signs()
    done = office.executes("Verdi")

    leaving, entering = office.contract("Bianchi"), office.contract("Verdi")
    assert leaving.end == entering.start == done.effective_on
    assert str(done.effective_on) == "2026-03-10"
    assert leaving.point.code == entering.point.code
    office.on("2026-05-01").read("A17", index_m3=150)
    office.on("2026-05-20").run_bills(through="2026-05-01")
    closing, opening = office.bills_of("Bianchi")[0], office.bills_of("Verdi")[0]
    assert (closing.kind, stretches(closing)) == ("closing", [("2026-01-01", "2026-03-10", 30, False)])
    assert (opening.kind, stretches(opening)) == ("actual", [("2026-03-10", "2026-05-01", 20, False)])
    assert closing.quantity_milli + opening.quantity_milli == 50_000
    office.assert_books_balance()
    office.assert_nothing_left_to_bill(through="2026-05-01")


def test_the_clock_runs_from_the_complete_request(office):
    """QUA-05: complete on Monday 20 April 2026, five working days: 27 April."""
    bianchi(office).on("2026-04-20").asks("takeover", "Verdi", of="Bianchi").reads(140).signs()
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    assert (clock.standard, str(clock.due_on)) == ("S12", "2026-04-27")
    office.on("2026-05-06").executes()
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    assert (clock.state, clock.within, clock.elapsed) == ("ended", False, 11)


def test_the_closing_bill_leaves_at_once(office):
    bianchi(office).on("2026-03-10").asks("takeover", "Verdi", of="Bianchi").reads(130).signs()
    done = office.executes("Verdi", bills_now=True)
    (closing,) = office.bills_of("Bianchi")
    assert done.bills == (closing.number,)
    assert (closing.kind, str(closing.end), closing.delivered_at) == ("closing", "2026-03-10", office.now)
    office.executes(bills_now=True)
    assert len(office.bills_of("Bianchi")) == 1


def test_days_billed_beyond_the_voltura_are_billed_anew(office):
    bianchi(office)
    estimate = office.on("2026-04-20").bill("Bianchi", through="2026-04-15")
    office.on("2026-04-22").opens("takeover").applicant("Verdi").point("Bianchi", on="2026-04-10").title()
    office.identity().terms().delivery()
    record_read(**office.by(), read_on=date(2026, 4, 10), index_milli=140_000)
    office.signs()
    done = office.executes("Verdi", bills_now=True)
    note, anew = (bill for bill in office.bills_of("Bianchi")[1:])
    assert (note.corrects, note.kind) == (estimate.number, "credit_note")
    assert (anew.corrects, stretches(anew)) == (estimate.number, [("2026-01-01", "2026-04-10", 40, False)])
    assert done.bills == (note.number, anew.number)
    assert office.balance("Bianchi") == anew.total_cents
    office.assert_books_balance()


def test_reads_that_differ_are_read_by_us_within_seven_working_days(office):
    bianchi(office).on("2026-04-20").asks("takeover", "Verdi", of="Bianchi")
    office.reads(140, kind="self", leaving_index_milli=135_000).signs()
    ((due_on, line),) = reads_to_take(as_of=office.today)
    assert (str(due_on), line.number, line.state) == ("2026-04-29", office.number, "signed")
    with pytest.raises(ChecklistIncomplete, match="letture diverse"):
        office.executes()
    office.on("2026-04-24").reads(139)
    assert office.view.line.state == "ready"
    assert reads_to_take(as_of=office.today) == ()
    assert str(office.executes().effective_on) == "2026-04-24"


def owing(office):
    """Bianchi owes for the days to April: overdue since the middle of May."""
    bianchi(office).on("2026-04-01").read("A17", index_m3=140)
    office.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    return office.on("2026-06-10")


def test_a_stranger_to_the_debt_declares_it_and_is_never_asked_to_pay(office):
    owing(office).asks("takeover", "Verdi", of="Bianchi").reads(150)
    (item,) = (one for one in office.view.checklist if one.key == "debt_declaration")
    assert item.state == "missing"
    owed = office.balance("Bianchi")
    office.signs()
    assert "stranger_to_debt" in office.view.signed_fields
    office.executes("Verdi")
    assert (office.balance("Verdi"), office.balance("Bianchi")) == (0, owed)


def test_who_lived_there_before_may_be_refused_until_the_debt_is_paid(office):
    owing(office).asks("takeover", "Verdi", of="Bianchi", occupied_before=True).reads(150).signs()
    assert office.view.line.state == "signed"
    with pytest.raises(ChecklistIncomplete, match="occupava già l'immobile"):
        office.executes()
    with pytest.raises(ReasonMissing):
        refuse(**office.by(), reason=" ")
    refused = refuse(**office.by(), reason="Arretrati di 300 euro di chi occupava già l'immobile")
    assert (refused.line.state, refused.outcome_reason[:9]) == ("refused", "Arretrati")
    with pytest.raises(WrongTransition, match="executed does not follow"):
        office.executes()
    assert office.contract("Bianchi").end is None


def test_a_person_may_let_it_pass_with_a_reason(office):
    owing(office).asks("takeover", "Verdi", of="Bianchi", occupied_before=True).reads(150).signs()
    waive_arrears(**office.by(), reason="Rateizzazione concordata")
    assert office.view.line.state == "ready"


def test_not_asked_yet_whether_the_premises_were_occupied(office):
    owing(office).asks("takeover", "Verdi", of="Bianchi", occupied_before=None).reads(150).signs()
    (item,) = (one for one in office.view.checklist if one.key == "debt_declaration")
    assert item.note == "chiedere se occupava già l'immobile"
    attach_paper(**office.by(), kind="debt_declaration", paper_number="DSAN 4")
    assert office.view.line.state == "signed"


def test_after_a_death_it_is_free_and_the_deposit_moves(office):
    """CON-04: deposit 75.00 on contract A; contract B opens with 75.00, fee 0, no refund."""
    bianchi(office)
    old = office.contract("Bianchi").number
    require_deposit(contract_number=old, yearly_cents=30_000, on=office.today, at=office.now)
    office.on("2026-04-01").read("A17", index_m3=140)
    office.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    office.on("2026-05-04").asks("takeover_by_death", "Bruni", of="Bianchi").reads(145).signs()
    done = office.executes("Bruni", bills_now=True)

    before, after = deposit_of(old), deposit_of(done.contract_number)
    assert before is not None
    assert after is not None
    assert (before.state, before.returned_cents) == ("transferred", 0)
    assert (after.state, after.required_cents, after.billed_cents) == ("required", 7_500, 3_750)
    assert {row.kind for row in one_offs_of_contract(done.contract_number)} == {"deposit"}
    (closing,) = (bill for bill in office.bills_of("Bianchi") if bill.kind == "closing")
    assert [row for row in closing.charges if row.service == "Deposito cauzionale"] == []
    # What is still owed is the heirs': the letter and the bill name them, the e-invoice names the holder.
    (letter,) = messages_about(f"bill:{closing.number}")
    assert letter.recipient.startswith("Eredi di Bianchi")
    leaving = customer_of(contract_rows([office.contract("Bianchi").id])[office.contract("Bianchi").id])
    assert leaving.mail_to.startswith("Eredi di Bianchi")
    assert "Eredi" not in leaving.full_name


def test_a_title_is_recorded_before_the_paper_is_made(office):
    bianchi(office).on("2026-03-10").opens("takeover").applicant("Verdi").point("Bianchi").identity().terms()
    office.delivery().reads(130)
    assert office.view.line.state == "documents"
    with pytest.raises(ChecklistIncomplete, match="Titolo sull'immobile"):
        office.signs()
    record_title(**office.by(), title_type="lease")
    with pytest.raises(ChecklistIncomplete, match="serve una copia"):
        office.signs()
    attach_paper(**office.by(), kind="title", paper_number="Contratto di locazione 44/2026")
    office.signs()
    assert "title_declaration" not in office.view.signed_fields
