"""The search box, and loading whole customers at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from sorgente.customers.models import Party
from sorgente.customers.queries.find import customers_by_party, find_customers, parties_of_accounts, parties_of_points
from sorgente.customers.queries.for_billing import terms_of_contracts
from sorgente.customers.queries.overview import customer_overview
from sorgente.customers.usecases.contact_points import add_contact_point
from sorgente.customers.usecases.load_customers import load_customers
from sorgente.customers.usecases.supply_contract import end_supply_contract
from tests.customers.people import AT, START, account_of, bianchi, firm, new_customer, point, supply

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    anna, conserve = bianchi(), firm(pec="conserve@pec.example")
    for value, kind in (("anna.bianchi@posta.example", "email"), ("333 765 4321", "mobile")):
        add_contact_point(party_id=anna.pk, kind=kind, value=value, given_at=AT)
    contract = supply(account_of(anna, number="200000001"), point(1), number="800000001")
    supply(account_of(conserve, number="200000002"), point(2), number="800000002")
    return anna, conserve, contract


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("bianchi", "name"),
        ("anna BIANCHI", "name"),
        ("bia ann", "name"),
        ("BNCNNA80E57", "tax_code"),
        ("bnc nna 80e57a271j", "tax_code"),
        ("200000001", "account"),
        ("800000001", "contract"),
        ("1104290100000001", "point"),
        ("11 042901 00000001", "point"),
        ("333 7654321", "phone"),
        ("+39 333 765", "phone"),
        ("0039333765", "phone"),
        ("anna.bianchi@posta", "email"),
        ("Anna.Bianchi@", "email"),
        ("anna.b", "email"),
    ],
)
def test_anna_is_found_by(town, text, way):
    (found,) = find_customers(text)
    assert (found.party_id, found.found_by) == (town[0].pk, way)
    assert [(one.number, one.place, one.active) for one in found.accounts] == [
        ("200000001", "Via Roma 1, Valdoro", True)
    ]


@pytest.mark.parametrize("text", ["niccolò d'angelo", "Niccolo D’ANGELO", "angelo conserve", "00488410010", "0048841"])
def test_a_company_is_found_with_or_without_accents(town, text):
    (found,) = find_customers(text)
    assert found.party_id == town[1].pk


@pytest.mark.parametrize(
    "text", ["", "b", " ", "12", "zzz", "%", "bia%", "__", "') OR 1=1 --", "bianchi & !", "a:*", "🙂🙂"]
)
def test_what_finds_nobody_breaks_nothing(town, text):
    found = find_customers(text)
    assert len(found) <= 1
    assert text == "bianchi & !" or text == "bia%" or found == []


def test_who_left_is_still_found_and_said_to_be_inactive(town):
    end_supply_contract(contract_id=town[2].pk, ends_on=date(2026, 5, 1), reason="", recorded_at=AT)
    (found,) = find_customers("bianchi")
    assert [one.active for one in found.accounts] == [False]


def test_ids_of_other_processes_lead_to_their_customer(town):
    anna, conserve, contract = town
    assert parties_of_accounts([contract.contract_account_id]) == {contract.contract_account_id: anna.pk}
    assert parties_of_points([contract.service_point_id, 0]) == {contract.service_point_id: anna.pk}
    assert [one.party_id for one in customers_by_party([conserve.pk, 0, anna.pk])] == [conserve.pk, anna.pk]


def test_the_limit_holds_and_the_surest_comes_first():
    load_customers([new_customer(i) for i in range(30)], loaded_at=AT)
    assert len(find_customers("rossi")) == 20
    assert len(find_customers("rossi", limit=5)) == 5
    assert find_customers("80000000007")[0].found_by == "tax_code"


def test_loading_gives_the_same_customers_as_making_them_one_by_one():
    loaded = load_customers(
        [
            new_customer(0),
            new_customer(1, contacts={}, consents={}, supplied_until=date(2025, 1, 1), account_number="A-1"),
            new_customer(2, kind="public_body", split_payment_from=date(2021, 1, 1)),
        ],
        loaded_at=AT,
        evidence="migration 2026",
    )
    assert [one.account_number == "A-1" for one in loaded] == [False, True, False]
    cards = [customer_overview(one.party_id, as_of=START) for one in loaded]
    assert [card.accounts[0].id for card in cards] == [one.account_id for one in loaded]
    assert [card.accounts[0].contracts[0].id for card in cards] == [one.contract_id for one in loaded]
    assert [card.accounts[0].contracts[0].active for card in cards] == [True, False, True]
    first = cards[0]
    assert first.accounts[0].contracts[0].point.id == loaded[0].service_point_id
    assert {one.kind: one.value for one in first.contacts} == {
        "email": "mario0@posta.example",
        "mobile": "+393330000000",
    }
    assert [one.evidence for contact in first.contacts for one in contact.consents] == ["migration 2026"]
    assert Party.objects.get(pk=loaded[2].party_id).split_payment.lower == date(2021, 1, 1)
    terms = terms_of_contracts([one.contract_id for one in loaded]).to_pylist()
    assert [(one["start"], one["end"], one["persons"]) for one in terms] == [
        (date(2020, 3, 1), None, 2),
        (date(2020, 3, 1), date(2025, 1, 1), 2),
        (date(2020, 3, 1), None, 2),
    ]
    assert load_customers([], loaded_at=AT) == []


def test_a_load_with_a_number_twice_writes_nothing():
    with pytest.raises(IntegrityError, match="party_tax_code_once"), transaction.atomic():
        load_customers([new_customer(0), new_customer(0, point_code="1104290100000099")], loaded_at=AT)
    assert Party.objects.count() == 0


def test_every_way_of_search_has_an_index():
    load_customers([new_customer(i) for i in range(3)], loaded_at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'customers_party'")
        assert {"party_name_words", "party_tax_code_start", "party_vat_start"} <= {row[0] for row in cursor.fetchall()}
        from sorgente.customers.queries.find import _NAME_WORDS

        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT id FROM customers_party WHERE {_NAME_WORDS} @@ to_tsquery('simple', 'ros:*')")
        assert "party_name_words" in "\n".join(row[0] for row in cursor.fetchall())
