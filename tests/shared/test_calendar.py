"""The calendar of reference regulation §0.3, its golden cases and its laws."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from dateutil.easter import easter as known_easter
from hypothesis import given
from hypothesis import strategies as st

from sorgente.shared.calendar import Calendar, CalendarNotKnown, MalformedCalendar, calendar
from sorgente.shared.calendar_rules import Dated, easter, read_day, read_rule
from sorgente.shared.paths import rules_dir

ROOT = Path(__file__).resolve().parents[2]
CASES = yaml.safe_load((ROOT / "cases/calendars/counting.yaml").read_text(encoding="utf-8"))
days = st.dates(date(2003, 1, 1), date(2090, 12, 31))
counts = st.integers(-60, 60)


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_golden_case(case):
    days_of = calendar(case.get("municipality"))
    answer = getattr(days_of, case["ask"])(*case["given"])
    assert answer == case["expect"]


@pytest.mark.parametrize("year", range(1900, 2200))
def test_easter_is_the_one_everybody_knows(year):
    assert easter(year) == known_easter(year)


def test_fourth_of_october_is_a_holiday_only_since_2026():
    italy = calendar()
    assert italy.is_working_day(date(2024, 10, 4))
    assert not italy.is_working_day(date(2027, 10, 4))
    assert date(2025, 10, 4) not in italy.holidays(2025)
    assert date(2026, 10, 4) in italy.holidays(2026)


def test_patron_day_stops_the_clock_only_where_it_counts():
    assert calendar("042901").is_holiday(date(2026, 5, 12))
    assert calendar("042902").patron_day(2026) == date(2026, 8, 10)
    assert calendar("042902").is_working_day(date(2026, 8, 10))
    assert calendar("042903").patron_day(2026) == date(2026, 4, 7)
    assert calendar("099999").patron_day(2026) is None
    assert calendar().is_working_day(date(2026, 5, 12))


def test_good_friday_is_worked_but_settles_nothing():
    italy = calendar()
    assert italy.is_working_day(date(2026, 4, 3))
    assert not italy.is_target_day(date(2026, 4, 3))
    assert italy.is_target_day(date(2026, 6, 2))
    assert not italy.is_working_day(date(2026, 6, 2))


def test_every_year_we_support_has_its_days():
    italy = calendar()
    for year in range(2002, 2100):
        named = italy.holidays(year)
        # Easter may fall on 25 April (2038) and its Monday too (2011): two holidays become one day.
        overlap = len({easter(year), easter(year) + timedelta(days=1)} & {date(year, 4, 25)})
        assert len(named) == (12 if year < 2026 else 13) - overlap


def test_the_years_before_the_rule_are_refused():
    with pytest.raises(CalendarNotKnown, match=r"day_kinds\.yaml on 1999-12-31: The earliest day it covers"):
        calendar().is_working_day(date(1999, 12, 31))


@given(day=days, count=counts)
def test_counting_undoes_adding(day, count):
    italy = calendar()
    assert italy.working_days_between(day, italy.add_working_days(day, count)) == count
    assert italy.feriali_days_between(day, italy.add_feriali_days(day, count)) == count


@given(day=days, first=st.integers(0, 30), second=st.integers(0, 30))
def test_adding_twice_is_adding_the_sum(day, first, second):
    italy = calendar()
    assert italy.add_working_days(italy.add_working_days(day, first), second) == italy.add_working_days(
        day, first + second
    )


@given(day=days, count=st.integers(1, 40))
def test_the_answer_is_a_day_of_its_kind_and_more_kinds_come_sooner(day, count):
    italy = calendar()
    working, feriale = italy.add_working_days(day, count), italy.add_feriali_days(day, count)
    assert italy.is_working_day(working)
    assert italy.is_feriale(feriale)
    assert feriale <= working
    assert italy.is_target_day(italy.add_target_days(day, count))


@given(day=days)
def test_a_working_day_is_feriale_and_no_holiday(day):
    italy = calendar()
    if italy.is_working_day(day):
        assert italy.is_feriale(day)
        assert not italy.is_holiday(day)
        assert italy.working_day_on_or_after(day) == day
    else:
        assert italy.working_day_on_or_after(day) == italy.next_working_day(day)
    assert italy.is_target_day(italy.target_day_on_or_after(day))


def _folder(tmp_path: Path, name: str, text: str) -> Path:
    folder = tmp_path / "calendars"
    folder.mkdir()
    for file in (rules_dir() / "calendars").glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_rule_that_starts_within_a_year_gives_only_its_part(tmp_path):
    folder = _folder(
        tmp_path,
        "national_holidays.yaml",
        'values: [{from: 2001-01-01, days: ["03-19", "09-01"]}, {from: 2030-06-01, days: ["03-19", "10-01"]}]',
    )
    assert Calendar(folder).holidays(2030) == {date(2030, 3, 19), date(2030, 10, 1)}
    assert Calendar(folder).holidays(2031) == {date(2031, 3, 19), date(2031, 10, 1)}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("{", "It is not YAML"),
        ("values: 3", "no list of `values`"),
        ("values: [{days: []}]", "has no `from`"),
        ("values: [{from: soon, days: []}]", "is no date"),
        ("values: [{from: 2020-01-01}, {from: 2010-01-01}]", "not in the order"),
    ],
)
def test_a_broken_file_is_named(tmp_path, text, facts):
    folder = _folder(tmp_path, "target_days.yaml", text)
    with pytest.raises(MalformedCalendar, match=facts) as caught:
        Calendar(folder)
    assert caught.value.subject == "calendars/target_days.yaml"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MalformedCalendar, match=r"x/nothing\.yaml: .* is not there"):
        read_rule(tmp_path / "x" / "nothing.yaml")


@pytest.mark.parametrize("text", ["13-01", "02-30", "easter", "1-1", "easter+x", 101])
def test_a_day_that_is_none_is_refused(text):
    with pytest.raises(MalformedCalendar, match="is no day of a year"):
        read_day(text, "calendars/test.yaml")


def test_leap_day_exists_only_in_leap_years():
    rule = read_day("02-29", "calendars/test.yaml")
    assert rule.in_year(2028) == date(2028, 2, 29)
    assert rule.in_year(2027) is None


def test_values_change_on_their_day():
    rule = Dated("test", [{"from": date(2020, 1, 1), "a": 1}, {"from": date(2021, 1, 1), "a": 2}])
    assert rule.on(date(2020, 12, 31))["a"] == 1
    assert rule.on(date(2021, 1, 1))["a"] == 2
