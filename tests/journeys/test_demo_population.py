from __future__ import annotations

from datetime import date

import pytest
from codicefiscale import codicefiscale
from schwifty import IBAN
from stdnum.it import iva

from sorgente.journeys.demo.population import Customer, people_of

STARTS_ON = date(2025, 9, 1)


@pytest.fixture(scope="module")
def people() -> list[Customer]:
    return list(people_of(600, 7, starts_on=STARTS_ON))


def test_the_shares_of_the_reference_customer_hold_to_the_nearest_customer(people):
    assert sum(one.radio for one in people) == round(600 * 0.077)
    assert sum(one.payment_method == "sdd" for one in people) == round(600 * 0.532)


def test_the_same_seed_gives_the_same_people(people):
    assert list(people_of(600, 7, starts_on=STARTS_ON)) == people
    assert list(people_of(50, 8, starts_on=STARTS_ON)) != people[:50]


def test_codes_check_and_belong_to_one_customer(people):
    codes = [one.tax_code for one in people]
    assert len(set(codes)) == len(codes)
    for one in people:
        if one.kind == "person":
            assert codicefiscale.is_valid(one.tax_code)
        else:
            assert iva.is_valid(one.tax_code)
        if one.payment_method == "sdd":
            IBAN(one.iban, validate_bban=True)


def test_points_and_meters_are_numbered_once(people):
    assert len({one.point_code for one in people}) == 600
    assert len({one.serial for one in people}) == 600
    assert all(len(one.point_code) == 16 for one in people)
    assert all(bool(one.radio_id) == one.radio == bool(one.radio_key) for one in people)
