"""People come and go in the demonstration's households, also several times in the same one."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from sorgente.customers.queries.for_billing import terms_of_contracts
from sorgente.journeys.demo import year
from sorgente.journeys.demo.founding import found_utility
from sorgente.journeys.demo.population import people_of
from sorgente.journeys.demo.water import Meters


@pytest.mark.django_db
def test_a_household_changes_every_month(monkeypatch):
    monkeypatch.setattr(year, "HOUSEHOLD_CHANGES", 1)
    people = list(people_of(4, 1, starts_on=date(2025, 1, 1)))
    meters = Meters(people, starts_on=date(2024, 1, 1), ends_on=date(2025, 9, 1), seed=1)
    founded = found_utility(people, meters, at=datetime(2025, 1, 1, 6, tzinfo=UTC))
    with ThreadPoolExecutor(1) as processes:
        life = year.Year(founded, meters, seed=1, processes=processes, tell=lambda what, done, of: None)
        for month in range(2, 9):
            life._change_households(date(2025, month, 3))

    terms = terms_of_contracts([there.contract_id for there in founded.loaded]).to_pylist()
    by_contract = {there.contract_id: [] for there in founded.loaded}
    for row in terms:
        by_contract[row["contract_id"]].append(row["persons"])
    assert life.counts.household_changes > 7
    assert sum(len(persons) - 1 for persons in by_contract.values()) == life.counts.household_changes
    assert all(abs(a - b) == 1 for persons in by_contract.values() for a, b in itertools.pairwise(persons))
