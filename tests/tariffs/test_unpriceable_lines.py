"""A line that cannot be priced keeps its reason; the rest of the tariff is good."""

from __future__ import annotations

import json

import pytest

from sorgente.tariffs.neutral import tariff_from_text
from tests.rating.tariff_cases import tariff_text

VOLUME = {"service": "acquedotto", "kind": "volumetric", "unit": "EUR/m3"}
BRACKETS = [{"name": "a", "from": "0", "to": "55", "price": "1"}, {"name": "b", "from": "55", "to": None, "price": "2"}]
PRO_DIE = {**VOLUME, "bracket_unit": "m3/year", "bracket_mode": "annual_prorata_die", "bracket_scale": "contract"}
FIXED = {"service": "sii", "kind": "fixed", "unit": "EUR/year", "per": "contract", "price": "10"}


def bracket(number: int, **change: object) -> list[dict[str, object]]:
    return [{**row, **(change if place == number else {})} for place, row in enumerate(BRACKETS)]


@pytest.mark.parametrize(
    ("charge", "place", "reason"),
    [
        ({**FIXED, "price": 10.5}, ".price", "write decimals as text"),
        ({**FIXED, "price": "0.123456789"}, ".price", "more decimals than a price can carry"),
        ({**FIXED, "price": "about 10"}, ".price", "is not a price"),
        ({**FIXED, "price": "NaN"}, ".price", "out of range"),
        ({**FIXED, "price": None}, ".price", "There is no price"),
        ({**FIXED, "per": None}, ".per", "not stated what the yearly price is for"),
        ({**FIXED, "per": "moon"}, ".per", "per 'moon' is not rated"),
        ({**FIXED, "unit": "EUR/item"}, ".unit", "in EUR/item is not rated"),
        ({**FIXED, "unit": "EUR/kW/year"}, ".per", "does not go with a charge per 'contract'"),
        ({**FIXED, "proration": "months"}, ".proration", "does not go with EUR/year"),
        ({**FIXED, "kind": "levy"}, ".kind", "kind 'levy' is not rated"),
        ({**FIXED, "waived_on_sundays": True}, ".waived_on_sundays", "is not known"),
        ({**FIXED, "table": []}, ".table", "nothing that chooses a line"),
        ({**FIXED, "per": "meter_size"}, ".table", "no table of prices"),
        ({**FIXED, "per": "meter_size", "table": [{"meter": ['7"'], "price": "1"}]}, ".meter[0]", "Meter size"),
        ({**FIXED, "per": "household class", "table": [{"persons": "1", "price": "1"}, {"persons": "3", "price": "1"}]},
         ".table[1].persons", "does not follow"),
        ({**FIXED, "per": "household class", "table": [{"persons": "few", "price": "1"}]}, ".persons", "not a class"),
        ({**FIXED, "sign": -2}, ".sign", "1 or -1"),
        ({**PRO_DIE, "brackets": None}, ".brackets", "the price is not known"),
        ({**PRO_DIE, "brackets": []}, ".brackets", "no bracket"),
        ({**PRO_DIE, "brackets": bracket(1, **{"from": "56"})}, ".brackets[1].from", "not where the one before"),
        ({**PRO_DIE, "brackets": bracket(0, to=None)}, ".brackets[0].to", "Only the highest"),
        ({**PRO_DIE, "brackets": bracket(1, to="50")}, ".brackets[1].to", "ends before it starts"),
        ({**PRO_DIE, "brackets": bracket(1, price=None)}, ".brackets[1].price", "There is no price"),
        ({**PRO_DIE, "brackets": bracket(1, charged_even_if_unused=True)}, ".charged_even_if_unused", "open bracket"),
        ({**PRO_DIE, "brackets": bracket(1, per="person")}, ".brackets[1].per", "in a cascade only"),
        ({**PRO_DIE, "brackets": bracket(1, weekend="2")}, ".brackets[1].weekend", "is not known"),
        ({**PRO_DIE, "bracket_mode": None, "brackets": BRACKETS}, ".bracket_mode", "how the brackets are filled"),
        ({**PRO_DIE, "bracket_mode": "lunar", "brackets": BRACKETS}, ".bracket_mode", "is not known"),
        ({**PRO_DIE, "bracket_scale": None, "brackets": BRACKETS}, ".bracket_scale", "is not known"),
        ({**PRO_DIE, "bracket_unit": "gallons/year", "brackets": BRACKETS}, ".bracket_unit", "do not go with"),
        ({**PRO_DIE, "bracket_unit_override": "multiples of luck", "brackets": BRACKETS}, "_override", "luck"),
        ({**PRO_DIE, "alt_bracket_definition": "1 / 2 / 3", "brackets": BRACKETS}, "_definition", "not under"),
        ({**PRO_DIE, "bracket_rounding": "by feel", "brackets": BRACKETS}, ".bracket_rounding", "is not known"),
        ({**PRO_DIE, "household_tables": []}, ".bracket_scale", "household_class_table"),
        ({**PRO_DIE, "price": "1", "brackets": BRACKETS}, ".price", "not clear which"),
        ({**PRO_DIE, "brackets": BRACKETS, "minimum_charged": {}}, ".minimum_charged", "goes with one price"),
        ({**VOLUME, "price": "1", "minimum_charged": {"unit": "kg/year", "minimum": "1"}}, ".unit", "not in m3/year"),
        ({**VOLUME, "unit": "EUR/kWh biomass", "price": "1"}, ".unit", "carries one quantity"),
        ({**VOLUME, "per": "unit", "price": "1"}, "charges[0]", "by table or by count"),
        ({**PRO_DIE, "bracket_mode": "daily_width_x_days", "brackets": BRACKETS}, ".bracket_unit", "litre/day"),
        ({**PRO_DIE, "bracket_scale": "cascade", "brackets": BRACKETS}, ".brackets[0].per", "is not one of"),
    ],
)  # fmt: skip
def test_a_line_says_where_and_why_it_cannot_be_priced(charge, place, reason):
    text = tariff_text({"charges": [charge, {**FIXED, "service": "fognatura"}]})
    tariff = tariff_from_text(text, file="t.json")
    bad, good = tariff.categories[0].charges
    assert bad.refusal.startswith("t.json $.use_categories[0].charges[0]")
    assert place in bad.refusal.split(": ")[0]
    assert reason in bad.refusal
    assert good.refusal is None


def test_a_component_with_an_exemption_nobody_knows():
    text = tariff_text(
        {
            "charges": [FIXED],
            "perequation": [
                {
                    "code": "UI9",
                    "unit": "EUR/m3",
                    "price": "0.004",
                    "services": ["acquedotto"],
                    "exempt": "left-handers",
                }
            ],
        }
    )
    (component,) = tariff_from_text(text, file="t.json").components
    assert "left-handers" in component.refusal


@pytest.mark.parametrize(
    ("vat", "rate", "reason"),
    [
        ({"rate": "0.10", "applies_to": "all rows"}, 1000, None),
        ([{"rate": "0.22", "applies_to": "default"}, {"rate": "0.10", "applies_to": "homes"}], 2200, None),
        ([{"rate": "0.10", "applies_to": "homes"}], None, "none of them marked as the default"),
        (None, None, "VAT rate is not stated"),
        ({"rate": 0.1}, None, "write decimals as text"),
    ],
)
def test_the_vat_rate_is_stated_or_the_tariff_is_not_rated(vat, rate, reason):
    text = json.loads(tariff_text({"charges": [FIXED]}))
    tariff = tariff_from_text(json.dumps({**text, "vat": vat}), file="t.json")
    assert tariff.vat_e4 == rate
    assert (reason is None) == (tariff.vat_refusal is None)
    assert reason is None or reason in tariff.vat_refusal


def test_levies_on_the_sum_are_not_rated():
    text = tariff_text({"charges": [FIXED], "surcharges": [{"code": "TEFA", "rate": "0.05"}]})
    assert "$.surcharges: A levy" in tariff_from_text(text, file="t.json").categories[0].refusal
