"""Rules are dated and cited; they are looked up by the day they apply to and the day we ask from."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.components import components_of, national_components
from sorgente.tariffs.rules import NoSuchRule, NoValue, RuleRefused, Rules, read_rule, rules

FIRST_DAY, AFTER_LATEST_DAY = date(2023, 1, 1), date(2028, 1, 1)  # the supply days this version supports
OUR_RULES = ("arera.", "vat.", "rounding.")
ROOT = Path(__file__).resolve().parents[2]

PRICE = """
id: valdoro.water.price
says: Price of a cubic metre
applies_by: supply_day
price_unit: EUR/m3
values:
  - from: 2025-01-01
    value: "0.98"
    cite: {act: EGA Valdoro 31/2024, article: 4, comma: 2, published: 2024-12-19}
  - from: 2026-01-01
    value: "1.04"
    cite: {act: EGA Valdoro 12/2026, article: 3, published: 2026-03-02}
  - from: 2027-01-01
    value: null
    cite: {act: EGA Valdoro 40/2026, published: 2026-12-10}
"""


def test_in_force_on_one_day_as_known_on_another():
    rule = read_rule(PRICE, file="price.yaml")
    assert rule.on(date(2025, 12, 31)).value == "0.98"
    assert rule.on(date(2026, 1, 1)).value == "1.04"
    assert rule.on(date(2026, 1, 1), known_on=date(2026, 3, 1)).value == "0.98"
    assert rule.on(date(2026, 1, 1), known_on=date(2026, 3, 2)).value == "1.04"
    assert rule.on(date(2026, 2, 1)).cited() == "EGA Valdoro 12/2026, article 3"


def test_before_the_first_value_and_beyond_the_end_are_errors_that_name_rule_and_day():
    rule = read_rule(PRICE, file="price.yaml")
    with pytest.raises(NoValue, match=r"Rule valdoro\.water\.price: It has no value on 2024-12-31"):
        rule.on(date(2024, 12, 31))
    with pytest.raises(NoValue, match=r"It has no value known on 2024-12-18 on 2025-05-01"):
        rule.on(date(2025, 5, 1), known_on=date(2024, 12, 18))
    with pytest.raises(NoValue, match=r"ended on 2027-01-01 \(EGA Valdoro 40/2026\) and has no value on 2027-06-01"):
        rule.on(date(2027, 6, 1))
    assert rule.on(date(2027, 6, 1), known_on=date(2026, 12, 9)).value == "1.04"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"0.98"', "0.98", r"price\.yaml values\[0\]\.value: 0\.98 is a floating point number"),
        ("id: valdoro.water.price", "", r"price\.yaml id: It is missing"),
        ("supply_day", "full_moon", r"applies_by: It is 'full_moon'"),
        ("from: 2025-01-01", "from: soon", r"values\[0\]\.from: There is no first day"),
        ("cite: {act: EGA Valdoro 31/2024, article: 4, comma: 2, published: 2024-12-19}", "why: no", r"\[0\]\.cite"),
        ('    value: "0.98"\n', "", r"values\[0\]: It holds nothing"),
        ('    value: "0.98"\n', '    value: "1"\n    steps: [[0, "1"]]\n', r"It holds \['value', 'steps'\]"),
        ("published: 2024-12-19", "published: yesterday", r"cite\.published: 'yesterday' is not a day"),
        ("from: 2027-01-01\n    value: null\n    cite: {act: EGA Valdoro 40/2026, published: 2026-12-10}",
         "from: 2025-01-01\n    value: null\n    cite: {act: X, published: 2024-12-19}", "Two values start on"),
        ("id:", "\tid:", "It is not YAML"),
    ],
)  # fmt: skip
def test_a_rule_that_is_not_whole_is_refused_by_file_and_place(old, new, reason):
    assert old in PRICE
    with pytest.raises(RuleRefused, match=reason):
        read_rule(PRICE.replace(old, new, 1), file="price.yaml")


def test_a_file_that_is_no_mapping():
    with pytest.raises(RuleRefused, match="It is not a mapping"):
        read_rule("- 1", file="list.yaml")


def test_two_files_with_one_id(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(PRICE)
    with pytest.raises(RuleRefused, match=r"b\.yaml id: valdoro\.water\.price is also in a\.yaml"):
        Rules.load(tmp_path)


def test_a_rule_nobody_wrote():
    with pytest.raises(NoSuchRule, match=r"Rule arera\.nothing: There is none of this name"):
        rules().value("arera.nothing", on=FIRST_DAY)


def test_every_supported_day_has_exactly_one_value_of_every_rule():
    days = [FIRST_DAY + timedelta(number) for number in range((AFTER_LATEST_DAY - FIRST_DAY).days)]
    checked = 0
    for rule in rules():
        if not rule.id.startswith(OUR_RULES):
            continue
        ended = [entry.start for entry in rule.history() if entry.value is None]
        for day in days:
            if ended and day >= ended[0]:
                with pytest.raises(NoValue):
                    rule.on(day)
            else:
                assert rule.on(day).value is not None
        checked += 1
    assert checked >= 15


def test_every_rule_is_cited_and_was_compared_with_its_act():
    for rule in rules():
        assert "checked_on" in rule.fields, rule.id
        for entry in rule.entries:
            assert entry.cite["act"], rule.id
            assert entry.verified or entry.note, f"{rule.id}: an unverified value says what is not verified"


def test_what_billing_reads():
    day = date(2026, 3, 1)
    assert rules().value("arera.billing.issue_time_days", on=day) == 45
    assert rules().value("arera.billing.payment_term_days", on=day) == 20
    assert rules().value("arera.billing.bills_per_year", on=day) == [[0, 2], [100, 3], [1000, 4], [3000, 6]]
    assert rules().value("vat.water", on=day) == "0.10"
    assert rules().value("vat.stamp_duty", on=day) == {"duty_cents": 200, "threshold_cents": 7747}
    assert rules().value("vat.split_payment", on=date(2026, 6, 30)) is True
    assert rules().value("vat.split_payment", on=date(2026, 7, 1)) is False


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2018-06-01", {"UI1": 400_000, "UI2": 900_000, "UI3": 500_000}),
        ("2021-06-01", {"UI1": 400_000, "UI2": 900_000, "UI3": 500_000, "UI4": 400_000}),
        ("2022-01-01", {"UI1": 400_000, "UI2": 900_000, "UI3": 1_790_000, "UI4": 400_000}),
        ("2023-06-30", {"UI1": 400_000, "UI2": 900_000, "UI3": 1_790_000, "UI4": 400_000}),
        ("2023-07-01", {"UI1": 600_000, "UI2": 900_000, "UI3": 1_790_000}),
    ],
)
def test_the_national_components_of_a_day(day, expected):
    on = date.fromisoformat(day)
    found = [one for one in national_components() if one.start <= on and (one.end is None or on < one.end)]
    assert {one.code: one.price_e8 for one in found} == expected
    assert {one.code for one in found if one.bonus_exempt} == {"UI3"}


def test_what_was_not_yet_published_was_not_known():
    known = components_of(rules(), date(2021, 12, 1))
    assert [one.price_e8 for one in known if one.code == "UI3"] == [500_000, 500_000]
    assert [one.end for one in known if one.code == "UI4"] == [None]


def test_files_without_applies_by_are_not_taken_for_rules():
    known = {rule.id for rule in Rules.load(ROOT / "rules")}
    for path in sorted((ROOT / "rules").rglob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert (content["id"] in known) == ("applies_by" in content), path


def test_every_error_is_one_that_staff_can_mend():
    assert all(issubclass(error, SorgenteError) for error in (NoSuchRule, NoValue, RuleRefused))
