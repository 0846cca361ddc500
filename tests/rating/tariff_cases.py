"""Read the golden cases of cases/rating: short tariffs become whole ones, answers become short rows."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sorgente.rating.questions import answers, question_from
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.components import national_components
from sorgente.tariffs.library import tariffs
from sorgente.tariffs.neutral import tariff_from_text

ROOT = Path(__file__).resolve().parents[2]


def cases(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((ROOT / "cases" / "rating" / f"{name}.yaml").read_text(encoding="utf-8"))


def tariff_text(short: dict[str, Any]) -> str:
    """Return a neutral tariff with one use category, ALL, from a few of its keys."""
    whole = {
        "schema": "neutral-tariff/1",
        "id": "case",
        "service_group": short.get("group", "water"),
        "valid_from": short.get("valid_from", "2000-01-01"),
        "currency": "EUR",
        "vat": short.get("vat", {"rate": "0.10", "applies_to": "all rows"}),
        "use_categories": [{"code": "ALL", "charges": short["charges"], **short.get("category", {})}],
        "perequation": short.get("perequation", []),
    }
    for key in ("rounding", "surcharges", "prices_include_vat"):
        if key in short:
            whole[key] = short[key]
    return json.dumps(whole)


def book_of(case: dict[str, Any]) -> TariffBook:
    """Return the book of a case: its own short tariff, or files of rules/tariffs."""
    if "tariff" in case:
        return TariffBook([tariff_from_text(tariff_text(case["tariff"]), file="case")], national=national_components())
    return _shipped(tuple(case.get("files", [case.get("file")])))


@lru_cache
def _shipped(ids: tuple[str, ...]) -> TariffBook:
    found = [tariff for tariff in tariffs() if tariff.id in ids]
    assert len(found) == len(ids)
    return TariffBook(found, national=national_components())


def answer_to(book: TariffBook, given: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one question; the category is ALL unless named."""
    return next(answers([question_from({"category": "ALL", **given}, book)], book))


def short_rows(answer: dict[str, Any]) -> list[list[Any]]:
    """Return [service, kind, bracket, quantity, cents] of each row that costs something."""
    assert "error" not in answer, answer["error"]
    return [
        [row["service"], row["kind"], row["bracket"], row["quantity"], row["cents"]]
        for row in answer["rows"]
        if row["cents"]
    ]


def zoo() -> TariffBook:
    """Return a book whose one tariff has every kind of charge the loader knows, each in a use category of its own."""
    volume = {"service": "acquedotto", "kind": "volumetric", "unit": "EUR/m3", "bracket_unit": "m3/year"}
    two = [
        {"name": "a", "from": "0", "to": "55.5", "price": "0.35"},
        {"name": "b", "from": "55.5", "to": None, "price": "0.54321"},
    ]
    pro_die = {**volume, "bracket_mode": "annual_prorata_die"}
    fixed = {"service": "sii", "kind": "fixed", "unit": "EUR/year", "price": "23.7777"}
    inches = {
        "per": "meter_size",
        "table": [{"meter": ['1/2"', '3/4"'], "price": "6"}, {"meter": ['1"'], "price": "9.99"}],
    }
    kinds = {
        "person": {**pro_die, "bracket_scale": "person", "brackets": two},
        "unit": {**pro_die, "bracket_scale": "dwelling_unit", "brackets": two},
        "quarter": {**pro_die, "bracket_unit": "m3/quarter", "bracket_scale": "contract", "brackets": two},
        "commitment": {**pro_die, "bracket_scale": "contract", "brackets": two,
                       "bracket_unit_override": "multiples of the contractual commitment"},
        "either": {**pro_die, "bracket_scale": "contract", "brackets": two,
                   "alt_bracket_definition": "multiples of the contractual commitment: 1.5 x"},
        "year": {**volume, "bracket_mode": "calendar_year_cumulative", "bracket_scale": "contract", "brackets": two},
        "slab": {**volume, "bracket_mode": "slab", "bracket_scale": "contract", "brackets": two},
        "daily": {**volume, "bracket_unit": "litre/day", "bracket_mode": "daily_width_x_days",
                  "bracket_scale": "person", "bracket_rounding": "each width x days / 1000 rounded to a whole m3",
                  "brackets": [{"width_l_per_day": "128.80", "price": "0.2"}, {"name": "b", "price": "0.5"}]},
        "least": {**pro_die, "bracket_scale": "contract",
                  "brackets": [{**two[0], "charged_even_if_unused": True}, two[1]]},
        "cascade": {**pro_die, "bracket_scale": "cascade: dwelling first", "brackets": [
            {"name": "a", "from": "0", "to": "84", "price": "0.73", "per": "dwelling_unit"},
            {"name": "b", "from": "0", "to": None, "price": "1.09", "per": "non_domestic_unit"}]},
        "capped": {**pro_die, "bracket_scale": "contract", "brackets": [two[0], {**two[1], "to": "200"}]},
        "meter": {**fixed, **inches, "price": None},
        "month": {**fixed, "unit": "EUR/month", "per": "unit"},
        "twelfths": {**fixed, "per": "contract", "proration": "months/12"},
        "head": {**fixed, "per": "person"},
        "up": {**fixed, "per": "contract", "rounding": {"rows": {"mode": "up"}, "year": "calendar"}},
        "minus": {"service": "heat", "kind": "energy", "unit": "EUR/kWh", "price": "0.02195", "sign": -1},
        "edge up": {**pro_die, "bracket_scale": "contract", "brackets": two,
                    "rounding": {"edges": {"step": "0.01", "mode": "up", "on": "widths"}}},
        "words": {**fixed, "per": "contract", "rule": "as the board decides"},
    }  # fmt: skip
    categories = [{"code": name, "charges": [charge]} for name, charge in kinds.items()]
    text = json.loads(tariff_text({"charges": [], "valid_from": "2023-01-01"}))
    return TariffBook([tariff_from_text(json.dumps({**text, "use_categories": categories}), file="zoo")])
