"""A new contract, from the first question to the water."""

from __future__ import annotations

import pytest

from sorgente.billing.queries.deposits import deposit_of
from sorgente.billing.queries.one_off_list import one_offs_of_contract
from sorgente.customers.queries.overview import customer_overview
from sorgente.payments.queries.mandate_list import mandates_of
from sorgente.quality.queries.clocks import clocks_of
from tests.journeys.contracts.office import IBAN

pytestmark = pytest.mark.django_db


def test_an_activation_at_a_new_point(office):
    office.on("2026-03-02").asks("activation", "Rossi")
    assert office.view.line.state == "documents"
    office.signs("consent_marketing")
    assert office.view.line.state == "ready"
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    assert (clock.standard, str(clock.due_on), clock.state) == ("S07", "2026-03-09", "running")
    office.on("2026-03-05").reads(0, meter_serial="n77", meter_digits=5)
    done = office.executes("Rossi")

    assert (done.line.state, str(done.effective_on)) == ("executed", "2026-03-05")
    contract = office.contract("Rossi")
    assert (str(contract.start), contract.end, contract.terms.residents) == ("2026-03-05", None, 3)
    assert contract.point.code == "1104290100000001"
    assert contract.number == done.contract_number
    card = customer_overview(office.people["Rossi"].party_id, as_of=office.today)
    assert {(c.kind, one.purpose) for c in card.contacts for one in c.consents} == {
        ("email", "marketing"), ("mobile", "marketing"),
    }  # fmt: skip
    deposit = deposit_of(contract.number)
    assert deposit is not None
    # 110 m3 a year for three, 309.72 with VAT: three months of it.
    assert deposit.required_cents == 7_743
    assert {row.kind for row in one_offs_of_contract(contract.number)} == {"deposit", "fee"}
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    assert (clock.state, clock.within) == ("ended", True)


def test_direct_debit_is_signed_with_the_contract(office):
    office.on("2026-03-02").asks("activation", "Rossi", payment_method="sdd", iban=IBAN)
    office.signs()
    office.reads(0, meter_serial="N77")
    done = office.executes("Rossi")
    (mandate,) = mandates_of([office.people["Rossi"].account_id])
    assert (mandate.umr, mandate.iban_tail, mandate.state) == (f"{done.account_number}-1", "3456", "active")
    deposit = deposit_of(done.contract_number)
    assert deposit is not None
    assert (deposit.state, deposit.reason) == ("waived", "direct_debit")


def test_a_second_contract_on_the_account_there_is_pays_as_the_account_does(office):
    office.on("2026-03-02").asks("activation", "Rossi", payment_method="sdd", iban=IBAN).signs()
    office.reads(0, meter_serial="N77").executes("Rossi")
    first = office.contract("Rossi")
    office.on("2026-04-01").opens("activation", party_id=office.people["Rossi"].party_id)
    assert office.view.line.name == "Rossi Anna"
    assert office.view.answers["email"] == "rossi@posta.example"
    office.point().title().identity().terms().delivery(account_number=first.account_number)
    office.signs()
    assert "debit_mandate" not in office.view.signed_fields
    done = office.reads(0, meter_serial="N78").executes()
    assert (done.account_number, done.contract_number == first.number) == (first.account_number, False)
    assert len(mandates_of([office.people["Rossi"].account_id])) == 1


def test_a_subentro_begins_on_the_index_the_shut_meter_shows(office):
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    office.on("2026-02-01").read("A17", index_m3=110).move_out("Bianchi")
    office.on("2026-05-04").asks("subentro", "Verdi", of="Bianchi").signs()
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    assert (clock.standard, str(clock.due_on)) == ("S08", "2026-05-11")
    office.on("2026-05-06").reads(112).executes("Verdi")
    office.on("2026-08-01").read("A17", index_m3=140)
    bill = office.bill("Verdi")
    assert (str(bill.start), bill.quantity_milli) == ("2026-05-06", 28_000)
    # What ran between the two holders is nobody's.
    office.on("2026-08-02").run_bills("Bianchi")
    assert sum(one.quantity_milli for one in office.bills_of("Bianchi")) == 10_000
    office.assert_books_balance()
