"""Parties, accounts, points and contracts: what is accepted, what is refused and in which words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from sorgente.customers.models import ContactPoint, Party, SupplyContract
from sorgente.customers.queries.changes import changes_of_party
from sorgente.customers.queries.overview import (
    UnknownCustomer,
    account_by_number,
    account_overview,
    contracts_of_account,
    customer_overview,
)
from sorgente.customers.usecases import contact_points, contract_account, register_party, service_point, supply_contract
from sorgente.customers.usecases.because import because
from sorgente.customers.usecases.supply_contract import end_supply_contract
from sorgente.shared import identifiers
from sorgente.shared.period import EmptyPeriod
from tests.customers.people import AT, START, account_of, address, bianchi, firm, point, supply

pytestmark = pytest.mark.django_db


def test_a_person_is_printed_surname_first_with_a_checked_tax_code():
    party = bianchi(tax_code=" bnc nna80e57a271j ", first_name=" Anna ")
    assert (party.name, party.tax_code) == ("Bianchi Anna", "BNCNNA80E57A271J")


def test_a_company_keeps_its_identifiers_in_normal_form():
    party = firm(vat_number="IT 00488410010", sdi_code="usal8pv", pec="Conserve@PEC.example")
    assert (party.vat_number, party.sdi_code, party.pec) == ("00488410010", "USAL8PV", "conserve@pec.example")


def test_a_public_body_pays_its_vat_itself_from_a_day():
    body = firm(kind="public_body", name="Scuola", sdi_code="UF1ABC", split_payment_from=date(2020, 1, 1))
    body.refresh_from_db()
    assert (body.split_payment.lower, body.split_payment.upper) == (date(2020, 1, 1), None)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"tax_code": "BNCNNA80E57A271X"}, identifiers.InvalidTaxCode),
        ({"surname": "Verdi"}, identifiers.TaxCodeOfSomebodyElse),
        ({"born_on": date(1981, 5, 17)}, identifiers.TaxCodeOfSomebodyElse),
        ({"first_name": " "}, register_party.PartyIncomplete),
        ({"tax_code": ""}, register_party.PartyIncomplete),
        ({"pec": "nowhere"}, identifiers.InvalidPec),
        ({"vat_number": "123"}, identifiers.InvalidVatNumber),
        ({"sdi_code": "123"}, identifiers.InvalidSdiCode),
    ],
)
def test_a_party_with_something_wrong_is_refused(changes, error):
    with pytest.raises(error):
        bianchi(**changes)
    assert Party.objects.count() == 0


def test_a_document_seen_outweighs_a_name_that_does_not_fit():
    assert bianchi(surname="Verdi", name_proven_by="Carta d'identità CA00000AA").name == "Verdi Anna"


def test_a_company_needs_a_name_and_a_code():
    with pytest.raises(register_party.PartyIncomplete, match="no name and no tax code or VAT number"):
        firm(name="", vat_number="")


def test_the_same_tax_code_leads_to_the_customer_who_has_it():
    known = bianchi()
    with pytest.raises(register_party.PartyAlreadyRegistered) as caught:
        bianchi()
    assert str(caught.value) == (
        f"Tax code BNCNNA80E57A271J: Bianchi Anna has it already. Open that customer (number {known.pk})."
    )


def test_contacts_are_kept_in_normal_form_once_with_their_consents():
    party = bianchi()
    first = contact_points.add_contact_point(
        party_id=party.pk,
        kind="mobile",
        value="333 123 4567",
        given_at=AT,
        preferred=True,
        consents={"service": "call"},
    )
    again = contact_points.add_contact_point(
        party_id=party.pk,
        kind="mobile",
        value="+39 3331234567",
        given_at=AT,
        preferred=True,
        consents={"service": "web"},
    )
    assert (first.pk, first.value) == (again.pk, "+393331234567")
    (contact,) = customer_overview(party.pk, as_of=START).contacts
    assert [(one.purpose, one.evidence) for one in contact.consents] == [("service", "call")]


def test_the_new_preferred_contact_takes_the_place_of_the_other():
    party = bianchi()
    for value in ("a@posta.example", "b@posta.example"):
        contact_points.add_contact_point(party_id=party.pk, kind="email", value=value, given_at=AT, preferred=True)
    assert list(ContactPoint.objects.filter(preferred=True).values_list("value", flat=True)) == ["b@posta.example"]


def test_a_consent_is_withdrawn_not_deleted_and_may_be_given_again():
    party = bianchi()
    contact = contact_points.add_contact_point(
        party_id=party.pk, kind="email", value="a@posta.example", given_at=AT, consents={"paperless": "contract"}
    )
    contact_points.withdraw_consent(contact_point_id=contact.pk, purpose="paperless", withdrawn_at=AT)
    with pytest.raises(contact_points.NoConsent, match=r"a@posta\.example: It has no consent in force for paperless"):
        contact_points.withdraw_consent(contact_point_id=contact.pk, purpose="paperless", withdrawn_at=AT)
    contact_points.give_consent(contact_point_id=contact.pk, purpose="paperless", evidence="web", given_at=AT)
    (card,) = customer_overview(party.pk, as_of=START).contacts
    assert [one.withdrawn_at for one in card.consents] == [AT, None]


def test_a_contact_needs_its_party():
    with pytest.raises(contact_points.UnknownParty):
        contact_points.add_contact_point(party_id=1, kind="email", value="a@posta.example", given_at=AT)


def test_account_numbers_follow_each_other_and_channels_need_an_address():
    party = bianchi()
    first, second = account_of(party), account_of(party, channel="email", email="Anna@Posta.example")
    assert int(second.number) == int(first.number) + 1
    assert second.email == "anna@posta.example"
    with pytest.raises(contract_account.ChannelWithoutAddress, match="Bills are to go by email"):
        account_of(party, channel="email")
    with pytest.raises(contract_account.ChannelWithoutAddress, match="Add a PEC address, or choose post"):
        contract_account.change_delivery(account_id=first.pk, channel="pec")
    with pytest.raises(contact_points.UnknownParty):
        contract_account.open_contract_account(
            holder_id=0, billing_address=address(), channel="post", payment_method="sdd", opened_on=START
        )


def test_delivery_and_payment_change_and_the_former_ones_stay_in_history():
    party = bianchi()
    account = account_of(party)
    with because(author="desk1", reason="Chiamata del 12 gennaio"):
        contract_account.change_delivery(
            account_id=account.pk, channel="email", email="anna@posta.example", address=address("99")
        )
        contract_account.change_payment_method(account_id=account.pk, method="sdd")
    card = account_overview(account.pk, as_of=START)
    assert (card.channel_label, card.payment_method_label) == ("E-mail", "Addebito diretto")
    assert card.billing_address.startswith("Via Roma 99")
    paying, delivery, opened = (one for one in changes_of_party(party.pk) if one.what == "contract account")
    assert paying.fields == {"payment_method": ("pagopa", "sdd")}
    assert delivery.fields["channel"] == ("post", "email")
    assert (delivery.author, delivery.reason) == ("desk1", "Chiamata del 12 gennaio")
    assert opened.new
    assert opened.fields["channel"] == (None, "post")


def test_an_account_closes_when_nothing_is_supplied_any_more():
    account = account_of(bianchi())
    contract = supply(account, point())
    with pytest.raises(contract_account.AccountStillSupplied, match=rf"Contract {contract.number} still supplies"):
        contract_account.close_contract_account(account_id=account.pk, closed_on=date(2026, 6, 1))
    end_supply_contract(contract_id=contract.pk, ends_on=date(2026, 6, 1), reason="Disdetta", recorded_at=AT)
    closed = contract_account.close_contract_account(account_id=account.pk, closed_on=date(2026, 6, 1))
    assert closed.closed_on == date(2026, 6, 1)
    with pytest.raises(supply_contract.AccountNotOpen):
        supply(account, point(2), starts_on=date(2026, 6, 1))
    with pytest.raises(contract_account.UnknownAccount):
        contract_account.change_payment_method(account_id=0, method="sdd")


def test_points_take_the_next_code_of_their_municipality():
    point(7)
    made = service_point.create_service_point(address=address(), region=11)
    assert made.code == "1104290100000008"
    with pytest.raises(
        service_point.PointAlreadyThere, match=r"It is there already, at Via Roma 7, 60901 Valdoro \(AN\)"
    ):
        point(7)
    with pytest.raises(identifiers.InvalidSupplyCode):
        service_point.create_service_point(address=address(), code="123")


def test_two_contracts_never_supply_a_point_on_the_same_day():
    account, place = account_of(bianchi()), point()
    first = supply(account, place, ends_on=date(2026, 4, 1))
    with pytest.raises(supply_contract.PointAlreadySupplied) as caught:
        supply(account, place, starts_on=date(2026, 3, 31))
    assert str(caught.value) == (
        f"Service point {place.code}: Contract {first.number} of Bianchi Anna supplies it"
        " from 2026-01-01 to 2026-03-31. "
        "End that contract first, or start the new one after it."
    )
    second = supply(account, place, starts_on=date(2026, 4, 1))
    with pytest.raises(supply_contract.PointAlreadySupplied, match=r"supplies it from 2026-04-01\. End"):
        supply(account, place, starts_on=date(2030, 1, 1))
    assert [one.number for one in contracts_of_account(account.pk, as_of=START)] == [second.number, first.number]


def test_the_database_itself_refuses_the_overlap():
    account, place = account_of(bianchi()), point()
    supply(account, place)
    with pytest.raises(IntegrityError, match="supply_contract_one_per_service_point_and_day"), transaction.atomic():
        SupplyContract.objects.create(
            number="X", contract_account=account, service_point=place, supplied=(date(2027, 1, 1), None)
        )


def test_a_contract_needs_a_point_an_account_and_a_day():
    account, place = account_of(bianchi()), point()
    with pytest.raises(EmptyPeriod):
        supply(account, place, ends_on=START)
    place.pk = 0
    with pytest.raises(service_point.UnknownServicePoint):
        supply(account, place)


def test_a_contract_ends_on_a_day_and_its_terms_with_it():
    account = account_of(bianchi())
    contract = supply(account, point())
    ended = end_supply_contract(contract_id=contract.pk, ends_on=date(2026, 7, 1), reason="Disdetta", recorded_at=AT)
    assert (ended.supplied.lower, ended.supplied.upper) == (START, date(2026, 7, 1))
    (card,) = contracts_of_account(account.pk, as_of=date(2026, 6, 30))
    assert card.active
    assert card.terms is not None
    assert (card.terms.end, card.terms.reason) == (date(2026, 7, 1), "Disdetta")
    (card,) = contracts_of_account(account.pk, as_of=date(2026, 7, 1))
    assert (card.active, card.terms) == (False, None)
    with pytest.raises(supply_contract.ContractAlreadyEnded, match="latest day of supply is 2026-06-30 already"):
        end_supply_contract(contract_id=contract.pk, ends_on=date(2026, 8, 1), reason="", recorded_at=AT)
    with pytest.raises(supply_contract.ContractEndsTooEarly):
        end_supply_contract(contract_id=contract.pk, ends_on=START, reason="", recorded_at=AT)
    with pytest.raises(supply_contract.UnknownContract):
        end_supply_contract(contract_id=0, ends_on=START, reason="", recorded_at=AT)


def test_the_overview_costs_the_same_queries_however_much_hangs_on_it(django_assert_num_queries):
    party = bianchi()
    contact_points.add_contact_point(party_id=party.pk, kind="email", value="a@posta.example", given_at=AT)
    for number in range(1, 4):
        supply(account_of(party), point(number))
    with django_assert_num_queries(6):
        card = customer_overview(party.pk, as_of=START)
    assert [len(account.contracts) for account in card.accounts] == [1, 1, 1]
    assert card.accounts[0].contracts[0].point.commodity_label == "Acqua"
    assert account_by_number(card.accounts[1].number) == card.accounts[1].id


def test_asking_for_nobody_says_so():
    for ask in (
        lambda: customer_overview(0, as_of=START),
        lambda: account_overview(0, as_of=START),
        lambda: account_by_number("0"),
    ):
        with pytest.raises(UnknownCustomer):
            ask()


def test_changes_tell_the_latest_first():
    party = bianchi()
    with because(author="desk2", reason="Ticket 9"):
        party.language = "en"
        party.save()
    latest, first = changes_of_party(party.pk)
    assert (latest.what, latest.fields, latest.author, latest.reason) == (
        "party",
        {"language": ("it", "en")},
        "desk2",
        "Ticket 9",
    )
    assert first.new
    assert first.at <= latest.at <= datetime.now(tz=UTC)
