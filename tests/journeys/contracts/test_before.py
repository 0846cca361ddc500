"""What is told before a request is carried out: what it costs and bills again; one that becomes another."""

from __future__ import annotations

from datetime import date

import pytest

from sorgente.customers.queries.requests import request_view, requests_of_party
from sorgente.journeys.contracts.costs import costs_of
from sorgente.journeys.contracts.mandates import end_mandate, take_mandate
from sorgente.journeys.contracts.preview import rebilling_preview
from sorgente.journeys.contracts.switch import switch_kind
from sorgente.payments.queries.mandate_list import active_mandate_id
from sorgente.payments.usecases.register_mandate import MandateAlreadyActive
from tests.journeys.contracts.office import CLERK, IBAN, tax_code
from tests.journeys.contracts.test_household import changes, settled

pytestmark = pytest.mark.django_db


def test_preview_tells_what_carrying_it_out_then_does_and_leaves_nothing(office):
    settled(office)
    owed = office.balance("Bianchi")
    changes(office, 4, on=date(2026, 2, 15))
    told = rebilling_preview(number=office.number, at=office.now)
    assert len(told.taken_back) == 2
    assert (office.balance("Bianchi"), len(office.bills_of("Bianchi"))) == (owed, 2)
    assert office.view.line.state == "ready"
    office.executes()
    assert office.balance("Bianchi") - owed == told.difference_cents
    assert told.difference_cents < 0


def test_costs_say_the_deposit_with_and_without_direct_debit(office):
    office.on("2026-03-02").asks("activation", "Verdi", payment_method="pagopa")
    by_notice = costs_of(office.view, on=office.today)
    assert by_notice.fee_cents == 4500
    assert by_notice.deposit_cents == by_notice.without_debit != ()
    office.delivery(payment_method="sdd", iban=IBAN)
    by_debit = costs_of(office.view, on=office.today)
    assert (by_debit.deposit_cents, by_debit.without_debit) == ((), by_notice.without_debit)


def test_nothing_is_told_before_the_use_is_known(office):
    office.on("2026-03-02").opens("activation")
    assert costs_of(office.view, on=office.today) is None


def test_request_becomes_another_and_keeps_its_applicant(office):
    office.on("2026-03-02").opens("subentro").applicant("Verdi")
    made = switch_kind(number=office.number, kind="takeover", author=CLERK, at=office.now)
    assert (made.line.kind, made.answers["tax_code"]) == ("takeover", tax_code("Verdi"))
    before = request_view(office.number, as_of=office.today)
    assert (before.line.state, made.line.number in before.outcome_reason) == ("cancelled", True)


def test_mandate_makes_the_account_pay_by_debit_until_it_is_revoked(office):
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=0)
    number, account_id = office.contract("Bianchi").account_number, office.people["Bianchi"].account_id
    told = {
        "account_number": number, "iban": IBAN, "holder_name": "Bianchi Anna", "signed_on": office.today,
        "holder_tax_code": tax_code("Bianchi"),
    }  # fmt: skip
    take_mandate(**told)
    with pytest.raises(MandateAlreadyActive):
        take_mandate(**{**told, "signed_on": date(2025, 12, 1)})
    assert active_mandate_id(account_id) is not None
    end_mandate(account_number=number, on=office.today, at=office.now)
    assert active_mandate_id(account_id) is None
    assert requests_of_party(office.people["Bianchi"].party_id) == ()
