"""Money: exact in, rounded once, written as people and files read it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.shared import money

cents = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("read", "text", "whole"),
    [
        (money.cents_from_euro, "12.34", 1234),
        (money.cents_from_euro, " -0.01 ", -1),
        (money.cents_from_euro, Decimal("1E+2"), 10_000),
        (money.cents_from_euro, 7, 700),
        (money.price_e8_from_euro, "0.00000001", 1),
        (money.price_e8_from_euro, "1.270355", 127_035_500),
        (money.milli_from_units, "29.306", 29_306),
    ],
)
def test_text_becomes_whole_numbers(read, text, whole):
    assert read(text) == whole


@pytest.mark.parametrize("text", ["", "1,5", "NaN", "inf", "1.5 EUR", "1.2.3", 1.5])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(money.NotANumber, match=r"^Row 7: "):
        money.cents_from_euro(text, what="Row 7")


@pytest.mark.parametrize(
    ("read", "text"),
    [(money.cents_from_euro, "0.001"), (money.price_e8_from_euro, "0.000000001"), (money.milli_from_units, "0.0005")],
)
def test_nothing_is_rounded_on_the_way_in(read, text):
    with pytest.raises(money.TooPrecise):
        read(text)


@pytest.mark.parametrize(
    ("numerator", "denominator", "answer"),
    [(1, 2, 1), (-1, 2, -1), (3, 2, 2), (5, 4, 1), (-5, 4, -1), (0, 3, 0), (7, 1, 7)],
)
def test_half_goes_away_from_zero(numerator, denominator, answer):
    assert money.divide_half_up(numerator, denominator) == answer


def test_a_denominator_below_one_is_a_defect():
    with pytest.raises(ValueError, match="not positive"):
        money.divide_half_up(1, 0)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**12))
def test_division_is_the_nearest_whole_number_and_mirrors(numerator, denominator):
    answer = money.divide_half_up(numerator, denominator)
    assert 2 * abs(answer * denominator - numerator) <= denominator
    assert money.divide_half_up(-numerator, denominator) == -answer


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**11))
def test_a_charge_is_the_decimal_product_rounded_once(quantity, price):
    exact = Decimal(quantity).scaleb(-3) * Decimal(price).scaleb(-8)
    assert money.charge_cents(quantity, price) == int(money.round_half_up(exact, 2).scaleb(2))


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**10))
def test_more_water_never_costs_less(less, more, price):
    low, high = sorted((less, more))
    assert money.charge_cents(low, price) <= money.charge_cents(high, price)


@pytest.mark.parametrize(
    ("value", "italian", "xml"),
    [
        (0, "0,00 €", "0.00"),
        (5, "0,05 €", "0.05"),
        (-5, "-0,05 €", "-0.05"),
        (123_456, "1.234,56 €", "1234.56"),
        (-100_000_000, "-1.000.000,00 €", "-1000000.00"),
    ],
)
def test_amounts_as_they_are_read(value, italian, xml):
    assert money.euro(value) == italian
    assert money.euro_xml(value) == xml


@given(cents)
def test_written_amounts_read_back(value):
    assert money.cents_from_euro(money.euro_xml(value)) == value
    plain = money.euro(value).removesuffix(" €").replace(".", "").replace(",", ".")
    assert money.cents_from_euro(plain) == value


@pytest.mark.parametrize(
    ("milli", "text"),
    [(0, "0"), (1, "0,001"), (12_345_600, "12.345,6"), (-1_500, "-1,5"), (18_000, "18")],
)
def test_quantities_as_they_are_read(milli, text):
    assert money.units_text(milli) == text


@given(st.integers(-(10**12), 10**12))
def test_written_quantities_read_back(milli):
    assert money.milli_from_units(money.units_text(milli).replace(".", "").replace(",", ".")) == milli


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "-1e31"])
def test_a_number_out_of_all_measure_is_refused_at_once(text):
    with pytest.raises(money.NotANumber, match="out of all measure"):
        money.cents_from_euro(text)
