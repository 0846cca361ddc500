"""`sorgente rate` and `sorgente rules show`, asked from outside."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from tests.command import sorgente
from tests.rating.tariff_cases import tariff_text

ROOT = Path(__file__).resolve().parents[2]
VALDORO = str(ROOT / "rules/tariffs/valdoro-2023.json")
YEAR = {"category": "agricolo", "from": "2025-01-01", "to": "2026-01-01", "quantity": "10"}


def test_one_answer_a_line_in_order_and_errors_name_the_field():
    lines = [
        {"id": "a", **YEAR},
        {"id": "b", **YEAR, "category": "castello"},
        {"id": "c", **YEAR, "quantity": "1.2345"},
        {"id": "d", **YEAR, "to": "2025-01-01"},
        {"id": "e", **YEAR, "from": "soon"},
        {"id": "f", **YEAR, "persons": -1},
        {"id": "g", **YEAR, "services": ["gas"]},
        {"id": "h", **YEAR, "meter_size": "big"},
        {"id": "i", **YEAR, "bonus": "yes"},
        {"id": "j", **YEAR, "moon": 1},
        {"id": "k", **{key: value for key, value in YEAR.items() if key != "quantity"}},
        {"id": "l", **YEAR, "quantity": "-1"},
        {"id": "l2", **YEAR, "quantity": "1e999999999"},
        {"id": "l3", **YEAR, "quantity": "9999999999999.999"},
        {"id": "m", **YEAR, "from": "2022-12-31"},
        "not an object",
        {"id": "n", **YEAR},
    ]
    answers, errors, _ = sorgente("rate", "--tariff", VALDORO, lines=lines)
    assert errors == ""
    assert [answer.get("id") for answer in answers] == [*"abcdefghijkl", "l2", "l3", "m", None, "n"]
    assert answers[0]["total_cents"] == answers[-1]["total_cents"] > 0
    expected = [
        "Use category castello", "Field quantity", "The period has no day", "Field from", "Field persons",
        "Field services", "Field meter_size", "Field bonus", "Field moon", "Field quantity", "Field quantity",
        "no plain decimal", "too large to be multiplied exactly", "no version in force on 2022-12-31",
        "not a JSON object",
    ]  # fmt: skip
    for answer, words in zip(answers[1:-1], expected, strict=True):
        assert set(answer) == {"id", "error"}
        assert words in answer["error"]


def test_a_refused_tariff_answers_every_line_with_its_reason_and_exits_1(tmp_path):
    file = tmp_path / "t.json"
    file.write_text(tariff_text({"charges": [{"service": "sii", "kind": "fixed"}], "prices_include_vat": True}))
    answers, errors, code = sorgente("rate", "--tariff", str(file), lines=[{"id": 1}, {"id": 2}], expect=None)
    assert code == 1
    assert [answer["id"] for answer in answers] == [1, 2]
    assert all("t.json $.prices_include_vat" in answer["error"] for answer in answers)
    assert "[tariffs.neutral.refused]" in errors


def test_a_small_question_needs_neither_django_nor_numba_nor_arrow():
    script = (
        "import sys, io; from sorgente.interfaces.commands.main import main;"
        f"sys.stdin = io.StringIO('{json.dumps({'id': 1, **YEAR})}');"
        f"main(['rate', '--tariff', {VALDORO!r}]);"
        "print([name for name in ('django', 'numba', 'numpy', 'pyarrow', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_rules_show_prints_what_is_in_force_with_its_citation():
    answers, _, _ = sorgente("rules", "show", "--on", "2023-06-30", "--id", "arera.water.perequation")
    assert {line["id"][-3:]: line["value"] for line in answers} == {
        "ui1": "0.004", "ui2": "0.009", "ui3": "0.0179", "ui4": "0.004",
    }  # fmt: skip
    assert answers[0]["cite"]["act"] == "ARERA 529/2013/R/com"
    later, _, _ = sorgente("rules", "show", "--on", "2023-07-01", "--id", "arera.water.perequation")
    assert [line["id"][-3:] for line in later] == ["ui1", "ui2", "ui3"]
    assert [line["verified"] for line in later] == [False, False, False]
    known, _, _ = sorgente(
        "rules", "show", "--on", "2023-07-01", "--known-on", "2023-06-01", "--id", "arera.water.perequation.ui1"
    )
    assert [line["value"] for line in known] == ["0.004"]


def test_rules_show_names_the_tariff_in_force():
    for day, version in (("2025-12-31", "valdoro-2023"), ("2026-01-01", "valdoro-2026")):
        (line,), _, _ = sorgente("rules", "show", "--on", day, "--id", "tariff.")
        assert (line["id"], line["value"]) == ("tariff.valdoro", version)
        assert "invented" in line["cite"]["act"]


def test_rules_show_with_a_day_that_is_none_and_a_day_without_rules():
    _, errors, code = sorgente("rules", "show", "--on", "yesterday", expect=None)
    assert (code, errors.startswith("sorgente: --on: 'yesterday' is not a day")) == (2, True)
    answers, _, code = sorgente("rules", "show", "--on", "1900-01-01", expect=None)
    assert (answers, code) == ([], 1)


def cents(exact: Fraction) -> int:
    half_up = exact * 100 + Fraction(1, 2)
    return half_up.numerator // half_up.denominator


def litres(exact: Fraction) -> Fraction:
    half_up = exact * 1000 + Fraction(1, 2)
    return Fraction(half_up.numerator // half_up.denominator, 1000)


@pytest.mark.parametrize("seed", range(3))
def test_bills_are_what_slow_fractions_say(tmp_path, seed):
    """The reference arithmetic of the README, written out a second time without any of the product's code."""
    draw = random.Random(seed)
    edges = [f"{draw.randrange(1, 400) / 8:.3f}"]
    edges.append(f"{float(edges[0]) + draw.randrange(1, 4000) / 16:.4f}")
    prices = [f"{draw.randrange(1, 4_000_000) / 1_000_000:.6f}" for _ in range(6)]
    brackets = [
        {"name": str(number), "from": lower, "to": upper, "price": price}
        for number, (lower, upper, price) in enumerate(zip(["0", *edges], [*edges, None], prices, strict=False))
    ]
    charges = [
        {"service": "acquedotto", "kind": "fixed", "unit": "EUR/year", "per": "unit", "proration": "days/365",
         "price": prices[3]},
        {"service": "acquedotto", "kind": "volumetric", "unit": "EUR/m3", "bracket_unit": "m3/year",
         "bracket_mode": "annual_prorata_die", "bracket_scale": "person", "brackets": brackets},
        {"service": "fognatura", "kind": "volumetric", "unit": "EUR/m3", "price": prices[4]},
    ]  # fmt: skip
    component = {
        "code": "UI1",
        "unit": "EUR/m3",
        "price": prices[5],
        "services": ["acquedotto", "fognatura", "depurazione"],
    }
    file = tmp_path / "t.json"
    file.write_text(tariff_text({"charges": charges, "perequation": [component]}))
    questions, expected = [], []
    for number in range(150):
        start = date(2024, 1, 1) + timedelta(draw.randrange(400))
        days = draw.randrange(1, 400)
        quantity, persons, units = (
            f"{draw.randrange(400_000) / 1000:.3f}",
            draw.randrange(1, 8),
            draw.choice([1, 1, 12]),
        )
        questions.append(
            {"id": number, "category": "ALL", "from": str(start), "to": str(start + timedelta(days)),
             "quantity": quantity, "persons": persons, "units": units}
        )  # fmt: skip
        volume = Fraction(quantity)
        rows = [cents(Fraction(prices[3]) * units * days / 365)]
        for bracket in brackets:
            lower = litres(Fraction(bracket["from"]) * persons * days / 365)
            upper = volume if bracket["to"] is None else litres(Fraction(bracket["to"]) * persons * days / 365)
            rows.append(cents(max(Fraction(0), min(volume, upper) - lower) * Fraction(bracket["price"])))
        rows += [cents(volume * Fraction(prices[4])), cents(volume * Fraction(prices[5]) * 2)]
        expected.append((sorted(row for row in rows if row), sum(rows), cents(Fraction(sum(rows), 1000))))
    answers, _, _ = sorgente("rate", "--tariff", str(file), lines=questions)
    found = [
        (sorted(row["cents"] for row in answer["rows"] if row["cents"]), answer["net_cents"], answer["vat_cents"])
        for answer in answers
    ]
    assert found == expected


def test_the_benches_rate_what_they_are_asked_to():
    from sorgente.interfaces.commands.benches import kernel, rating

    for bench in (rating, kernel):
        items, seconds, unit = bench.measure(2_000)
        assert (items, unit) == (2_000, "bills/s")
        assert seconds > 0
