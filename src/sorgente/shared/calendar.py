"""Days as the regulator and the banks count them: giorni lavorativi, giorni feriali, TARGET days.

The day of the event is day 0; day 1 is the next day of the right kind (reference: rules/calendars).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sorgente.shared.calendar_rules import CalendarNotKnown, MalformedCalendar, read_day, read_rule
from sorgente.shared.paths import rules_dir

__all__ = ["Calendar", "CalendarNotKnown", "MalformedCalendar", "calendar"]

_ONE = timedelta(days=1)


class Calendar:
    """The calendar of one municipality, or of the country when none is named.

    A municipality's patron day is a holiday where `counts` says so in rules/calendars/patron_days.yaml.
    """

    def __init__(self, folder: Path, *, municipality: str | None = None) -> None:
        """folder holds the four rule files; municipality is an ISTAT code of six digits."""
        self.municipality = municipality
        self._holidays = read_rule(folder / "national_holidays.yaml")
        self._kinds = read_rule(folder / "day_kinds.yaml")
        self._target = read_rule(folder / "target_days.yaml")
        self._patrons = read_rule(folder / "patron_days.yaml")
        self._closed: dict[int, frozenset[date]] = {}
        self._target_closed: dict[int, frozenset[date]] = {}

    # ------------------------------------------------------------------ one day

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a Sunday, a national holiday or a patron day that counts."""
        return day.isoweekday() == 7 or day in self.holidays(day.year)

    def is_working_day(self, day: date) -> bool:
        """Whether the day is lavorativo: Monday to Friday, no holiday."""
        return day.isoweekday() in self._kinds.on(day)["working"] and not self.is_holiday(day)

    def is_feriale(self, day: date) -> bool:
        """Whether the day is feriale: Monday to Saturday, no holiday."""
        return day.isoweekday() in self._kinds.on(day)["feriali"] and not self.is_holiday(day)

    def is_target_day(self, day: date) -> bool:
        """Whether TARGET settles on the day, so that a direct debit can fall due."""
        if day.isoweekday() not in self._target.on(day)["settles_on"]:
            return False
        if day.year not in self._target_closed:
            self._target_closed[day.year] = _days_of(self._target, day.year)
        return day not in self._target_closed[day.year]

    def holidays(self, year: int) -> frozenset[date]:
        """Return the holidays of a year that are named days; Sundays come besides."""
        if year not in self._closed:
            days = set(_days_of(self._holidays, year))
            patron = self.patron_day(year)
            if patron is not None and self._patron(patron)["counts"]:
                days.add(patron)
            self._closed[year] = frozenset(days)
        return self._closed[year]

    def patron_day(self, year: int) -> date | None:
        """Return the patron day of the municipality, whether it counts or not; None when unknown."""
        entry = self._patron(date(year, 1, 1))
        if not entry:
            return None
        return read_day(entry.get("day"), f"{self._patrons.name} {self.municipality}").in_year(year)

    def _patron(self, day: date) -> dict[str, Any]:
        entry: dict[str, Any] = self._patrons.on(day)["municipalities"].get(self.municipality, {})
        return entry

    # ------------------------------------------------------------------ counting

    def add_working_days(self, day: date, count: int) -> date:
        """Return the count-th working day after the day (before it when negative); 0 gives the day itself."""
        return _walk(day, count, self.is_working_day)

    def add_feriali_days(self, day: date, count: int) -> date:
        """Return the count-th giorno feriale after the day (before it when negative); 0 gives the day itself."""
        return _walk(day, count, self.is_feriale)

    def add_target_days(self, day: date, count: int) -> date:
        """Return the count-th TARGET day after the day (before it when negative); 0 gives the day itself."""
        return _walk(day, count, self.is_target_day)

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days lie after start, up to and with end; negative when end comes first.

        It undoes the addition: `working_days_between(d, add_working_days(d, n)) == n`.
        """
        return _count(start, end, self.is_working_day)

    def feriali_days_between(self, start: date, end: date) -> int:
        """Return how many giorni feriali lie after start, up to and with end; negative when end comes first."""
        return _count(start, end, self.is_feriale)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after the day."""
        return self.add_working_days(day, 1)

    def working_day_on_or_after(self, day: date) -> date:
        """Return the day itself when it is a working day, else the next one."""
        return day if self.is_working_day(day) else self.next_working_day(day)

    def target_day_on_or_after(self, day: date) -> date:
        """Return the day itself when TARGET settles on it, else the next one that does."""
        return day if self.is_target_day(day) else self.add_target_days(day, 1)


@cache
def calendar(municipality: str | None = None) -> Calendar:
    """Return the calendar of a municipality (ISTAT code), or of the country, from the rules in use."""
    return Calendar(rules_dir() / "calendars", municipality=municipality)


def _days_of(rule: Any, year: int) -> frozenset[date]:
    """Return the named days of a year; a value that begins within the year gives only its own part of it."""
    found = set()
    for place, value in enumerate(rule.values):
        starts = rule.starts[place]
        ends = rule.starts[place + 1] if place + 1 < len(rule.starts) else date.max
        for text in value["days"]:
            day = read_day(text, rule.name).in_year(year)
            if day is not None and starts <= day < ends:
                found.add(day)
    return frozenset(found)


def _walk(day: date, count: int, counts: Callable[[date], bool]) -> date:
    step = _ONE if count >= 0 else -_ONE
    for _ in range(abs(count)):
        day += step
        while not counts(day):
            day += step
    return day


def _count(start: date, end: date, counts: Callable[[date], bool]) -> int:
    # (start, end] forwards; backwards the mirror, [end, start), so that negative additions are undone too.
    if end >= start:
        return sum(counts(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    return -sum(counts(end + timedelta(days=n)) for n in range((start - end).days))
