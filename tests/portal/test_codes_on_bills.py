"""The bill says how to activate the web area: the code works, once, for that account, until its day."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from sorgente.archive.queries.documents import read_document
from sorgente.billing.models import Bill
from sorgente.billing.queries.bill_documents import bill_documents
from sorgente.billing.usecases.render_bills import render_bills
from sorgente.customers.access.core import codes
from sorgente.customers.access.models import ActivationCode
from sorgente.customers.access.queries.codes_to_print import codes_to_print
from sorgente.customers.access.usecases.activate import ActivationRefused, AlreadyActivated, activate, prove_by_code
from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code
from sorgente.customers.access.usecases.keep_printed_codes import keep_printed_codes
from sorgente.customers.models import ContractAccount
from sorgente.payments.queries.payment_details import payment_details
from tests.billing.render_builders import at, bill_ids, customer, village

pytestmark = pytest.mark.django_db
ISSUED = date(2025, 3, 12)
LATER = at(ISSUED + timedelta(days=9))
PASSWORD = "un secchio pieno di pioggia"


@pytest.fixture(autouse=True)
def archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"


@pytest.fixture
def two(settings):
    settings.SITE_ADDRESS = "https://clienti.valdoro.example"
    place = village(customer(1), customer(2))
    place.read(date(2025, 3, 6), 130)
    place.run = place.bill(ISSUED)
    return place


def draw(run):
    done = render_bills(payments_of=payment_details, rendered_at=at(ISSUED), run=run, workers=1)
    assert done.refusals == []


def words(bill: Bill) -> str:
    pages = PdfReader(io.BytesIO(read_document(bill.document.sha256))).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def printed(bill: Bill) -> str:
    found = re.search(r"Attivazione ([0-9A-Z]{5}-[0-9A-Z]{5})", words(bill))
    assert found, words(bill)
    return found.group(1)


def account_of(bill: Bill) -> ContractAccount:
    return ContractAccount.objects.select_related("holder").get(pk=bill.contract_account_id)


def prove(bill: Bill, *, code: str = "", at=LATER):
    account = account_of(bill)
    return prove_by_code(
        account_number=account.number, code=code or printed(bill), tax_code_end=account.holder.tax_code[-4:],
        address="203.0.113.9", at=at,
    )  # fmt: skip


def activated(bill: Bill, email: str = "maria@example.org"):
    return activate(proven=prove(bill), email=email, password=PASSWORD, at=LATER)


def test_the_code_on_the_bill_activates_the_area(two):
    draw(two.run)
    bill = Bill.objects.earliest("id")
    said = words(bill)
    assert "Attiva la tua area clienti" in said
    assert "clienti.valdoro.example/area/attiva" in said.replace(" ", "")
    assert f"Codice cliente {account_of(bill).number}" in said
    assert "vale fino al 7 settembre 2025" in said  # the day of issue and 179 more
    assert activated(bill).party_ids == (account_of(bill).holder_id,)


def test_the_page_takes_what_the_bill_says(client, two):
    draw(two.run)
    bill = Bill.objects.earliest("id")
    ActivationCode.objects.update(expires_at=at(date(2100, 1, 1)))  # the page reads the clock
    account = account_of(bill)
    typed = {"account": account.number, "code": printed(bill).lower(), "tax_code_end": account.holder.tax_code[-4:]}
    assert client.post(reverse("portal:activate"), typed).headers["Location"] == reverse("portal:activate_email")


def test_no_code_where_the_holder_has_a_login(two):
    draw(two.run)
    first, second = Bill.objects.order_by("id")
    activated(first)
    two.read(date(2025, 6, 4), 160)
    again = two.bill(date(2025, 6, 10))
    draw(again)
    with_login, without = Bill.objects.filter(run=again).order_by("contract_id")
    assert with_login.contract_id == first.contract_id
    assert "Attiva la tua area" not in words(with_login)
    assert "Attiva la tua area" in words(without)
    assert printed(without) != printed(second)


def test_the_codes_of_two_bills_both_hold_and_end_with_the_activation(two):
    draw(two.run)
    two.read(date(2025, 6, 4), 160)
    draw(two.bill(date(2025, 6, 10)))
    older, newer = Bill.objects.filter(contract_id=two.customers[0].contract_id).order_by("id")
    assert prove(newer).party_id == prove(older).party_id
    assert not ActivationCode.objects.filter(code_hash__contains=codes.typed(printed(older))).exists()
    activated(older)
    assert not ActivationCode.objects.filter(
        contract_account_id=older.contract_account_id, used_at=None, replaced_at=None
    ).exists()
    with pytest.raises(ActivationRefused):
        prove(newer)


def test_the_code_expires(two):
    draw(two.run)
    bill = Bill.objects.earliest("id")
    assert prove(bill, at=at(ISSUED + timedelta(days=179)))
    with pytest.raises(ActivationRefused):
        prove(bill, at=at(ISSUED + timedelta(days=180)))


def test_the_code_of_another_account_does_not_work(two):
    draw(two.run)
    mine, theirs = Bill.objects.order_by("id")
    with pytest.raises(ActivationRefused):
        prove(mine, code=printed(theirs))
    assert ActivationCode.objects.get(contract_account=account_of(mine)).failures == 1
    assert ActivationCode.objects.get(contract_account=account_of(theirs)).failures == 0


def test_a_code_from_the_desk_ends_those_of_bills_and_a_second_activation_is_refused(two):
    draw(two.run)
    bill = Bill.objects.earliest("id")
    issued = issue_activation_code(account_number=account_of(bill).number, at=LATER)
    with pytest.raises(ActivationRefused):
        prove(bill)
    activate(proven=prove(bill, code=issued), email="maria@example.org", password=PASSWORD, at=LATER)
    third = issue_activation_code(account_number=account_of(bill).number, at=LATER)
    with pytest.raises(AlreadyActivated):
        prove(bill, code=third)


def test_a_bill_that_was_not_stored_gives_no_code_and_drawn_again_the_same(two):
    ids = bill_ids(two.run)
    before = [one.activation for one in bill_documents(ids, payments=payment_details(ids)).ready.values()]
    assert not ActivationCode.objects.exists()
    draw(two.run)
    after = [one.activation for one in bill_documents(ids, payments=payment_details(ids)).ready.values()]
    assert before == after
    assert {one.code for one in after} == {printed(bill) for bill in Bill.objects.all()}


def test_told_again_nothing_changes(two):
    number = ContractAccount.objects.earliest("pk").number
    found = codes_to_print({"bill:1": number}, on=ISSUED)
    assert keep_printed_codes(list(found.values()), at=LATER) == 1
    assert keep_printed_codes(list(found.values()), at=LATER) == 0
    assert ActivationCode.objects.count() == 1
    assert codes.is_well_formed(codes.typed(found["bill:1"].code))


def test_the_database_is_asked_as_often_for_a_thousand_as_for_one(two, django_assert_num_queries):
    numbers = list(ContractAccount.objects.values_list("number", flat=True))
    papers = {f"bill:{place}": numbers[place % 2] for place in range(1000)}
    with django_assert_num_queries(1):
        found = codes_to_print(papers, on=ISSUED)
    assert len({one.code for one in found.values()}) == 1000
    with django_assert_num_queries(5):  # two looks, one write, and the savepoint around them
        keep_printed_codes(list(found.values()), at=LATER)
