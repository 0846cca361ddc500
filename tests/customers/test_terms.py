"""Terms over time: a change adds rows, what held before stays known, and the days are always covered once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sorgente.customers.core.values import Terms, TermsOutOfRange
from sorgente.customers.models import SupplyTerms
from sorgente.customers.queries.audit import problems
from sorgente.customers.queries.for_billing import contracts_supplied, contracts_table, terms_of_contracts
from sorgente.customers.usecases.change_terms import ChangeOutsideContract, NothingChanges, change_terms
from sorgente.customers.usecases.supply_contract import end_supply_contract
from tests.customers.people import AT, START, account_of, bianchi, firm, point, supply

LATER = AT + timedelta(days=40)
pytestmark = pytest.mark.django_db


@pytest.fixture
def contract():
    return supply(account_of(bianchi()), point())


def rows(contract, **words) -> list[tuple]:
    table = terms_of_contracts([contract.pk], **words).to_pylist()
    return [(row["start"], row["end"], row["persons"], row["bonus"]) for row in table]


def change(contract, from_on, *, recorded_at=LATER, **changes):
    change_terms(contract_id=contract.pk, from_on=from_on, reason="test", recorded_at=recorded_at, **changes)


def test_a_child_is_born(contract):
    change(contract, date(2026, 3, 15), residents=3)
    assert rows(contract) == [
        (START, date(2026, 3, 15), 2, False),
        (date(2026, 3, 15), None, 3, False),
    ]
    assert rows(contract, known_at=AT) == [(START, None, 2, False)]
    assert SupplyTerms.objects.count() == 3


def test_a_change_reaches_over_later_ones_and_leaves_them_in_the_rest(contract):
    change(contract, date(2026, 6, 1), until_on=date(2027, 6, 1), bonus=True)
    change(contract, date(2026, 3, 1), residents=4)
    assert rows(contract) == [
        (START, date(2026, 3, 1), 2, False),
        (date(2026, 3, 1), date(2026, 6, 1), 4, False),
        (date(2026, 6, 1), date(2027, 6, 1), 4, True),
        (date(2027, 6, 1), None, 4, False),
    ]


def test_a_correction_from_the_first_day_replaces_and_remembers(contract):
    change(contract, START, residents=5)
    assert rows(contract) == [(START, None, 5, False)]
    assert rows(contract, known_at=LATER - timedelta(seconds=1)) == [(START, None, 2, False)]
    assert rows(contract, known_at=AT - timedelta(seconds=1)) == []


def test_residents_not_declared_are_nobody_to_rating(contract):
    change(contract, date(2026, 2, 1), residents=None)
    assert rows(contract)[1][2] == 0


@pytest.mark.parametrize(
    ("from_on", "words", "error"),
    [
        (date(2025, 12, 31), {"residents": 3}, ChangeOutsideContract),
        (date(2027, 1, 1), {"residents": 3}, ChangeOutsideContract),
        (date(2026, 12, 1), {"residents": 3, "until_on": date(2027, 1, 2)}, ChangeOutsideContract),
        (date(2026, 5, 1), {"residents": 2}, NothingChanges),
        (date(2026, 5, 1), {}, NothingChanges),
        (date(2026, 5, 1), {"units": 0}, TermsOutOfRange),
    ],
)
def test_what_cannot_change_is_refused(contract, from_on, words, error):
    end_supply_contract(contract_id=contract.pk, ends_on=date(2027, 1, 1), reason="", recorded_at=AT)
    before = rows(contract)
    with pytest.raises(error):
        change(contract, from_on, **words)
    assert rows(contract) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"residents": -1},
        {"units": 0},
        {"other_units": 2},
        {"services": 8},
        {"commitment_milli": -1},
        {"tariff": ""},
        {"category": ""},
    ],
)
def test_terms_that_cannot_be(wrong):
    with pytest.raises(TermsOutOfRange):
        Terms(**{"tariff": "valdoro", "category": "altri_usi", **wrong})


changes = st.lists(
    st.tuples(
        st.integers(0, 399),
        st.one_of(st.none(), st.integers(1, 400)),
        st.sampled_from(["residents", "units"]),
        st.integers(1, 4),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=changes)
def test_whatever_changes_each_day_has_the_terms_asked_for_it_last(db, asked):
    from django.db import transaction

    with transaction.atomic():
        contract = supply(account_of(firm()), point(), ends_on=START + timedelta(days=400))
        wanted = [{"residents": 2, "units": 1} for _ in range(400)]
        for order, (start, length, name, value) in enumerate(asked):
            end = 400 if length is None else min(400, start + length)
            until = None if length is None else START + timedelta(days=end)
            try:
                change(
                    contract,
                    START + timedelta(days=start),
                    until_on=until,
                    recorded_at=AT + timedelta(hours=order + 1),
                    **{name: value},
                )
            except NothingChanges:
                assert all(day[name] == value for day in wanted[start:end])
            for day in wanted[start:end]:
                day[name] = value
        table = terms_of_contracts([contract.pk]).to_pylist()
        assert table[0]["start"] == START
        assert all(left["end"] == right["start"] for left, right in pairwise(table))
        told = [
            {"residents": row["persons"], "units": row["units"]}
            for row in table
            for _ in range((row["end"] - row["start"]).days)
        ]
        assert told == wanted
        transaction.set_rollback(True)


def test_the_frames_for_billing(contract):
    from sorgente.rating.rows import CONDITIONS

    table = terms_of_contracts()
    for field in CONDITIONS:
        if field.name not in ("tariff", "category"):
            assert table.schema.field(field.name).type == field.type, field.name
    assert table.column("tariff").to_pylist() == ["valdoro"]

    (row,) = contracts_table([contract.pk]).to_pylist()
    assert (row["contract_number"], row["name"], row["supply_street"]) == (contract.number, "Bianchi Anna", "Via Roma")
    assert row["supplied_from"] == START
    assert row["supplied_until"] is None
    assert contracts_table([]).num_rows == 0
    assert contracts_supplied(date(2026, 2, 1), date(2026, 3, 1)).column("contract_id").to_pylist() == [contract.pk]
    assert contracts_supplied(date(2025, 2, 1), START).num_rows == 0
    assert contracts_supplied(START, date(2026, 2, 1), commodity="gas").num_rows == 0


def test_known_at_is_an_instant_with_its_zone(contract):
    assert rows(contract, known_at=datetime(2026, 1, 10, 9, 0, tzinfo=UTC)) == rows(contract)


def test_the_audit_names_a_contract_whose_days_have_no_terms(contract):
    change(contract, date(2026, 3, 1), residents=4)
    assert list(problems()) == []
    SupplyTerms.objects.filter(replaced_at=None, residents=4).update(replaced_at=LATER)
    assert [str(problem) for problem in problems()] == [
        f"A3 Contract {contract.number}: Supplied [2026-01-01,), but its terms cover {{[2026-01-01,2026-03-01)}}."
    ]
    SupplyTerms.objects.update(replaced_at=LATER)
    assert [problem.facts for problem in problems()] == ["Supplied [2026-01-01,), but its terms cover {}."]
