"""Reads `rules/calendars/`: holidays as month and day or as a distance from Easter, dated by the day they hold from.

The loader of all rules lives above `shared`; calendars are needed below it, so this reads its four files itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sorgente.shared.errors import SorgenteError

_FIXED = re.compile(r"(\d\d)-(\d\d)")
_FROM_EASTER = re.compile(r"easter([+-]\d+)")
_LEAP_YEAR = 2024


class MalformedCalendar(SorgenteError):
    code = "shared.calendar.malformed"


class CalendarNotKnown(SorgenteError):
    code = "shared.calendar.not-known"


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar.

    source  the anonymous algorithm printed in Nature, 20 April 1876; tested against python-dateutil
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@dataclass(frozen=True, slots=True)
class DayRule:
    """One day of every year: a fixed month and day, or so many days after Easter Sunday."""

    month: int
    day: int
    after_easter: int | None = None

    def in_year(self, year: int) -> date | None:
        """Return the day in that year; None for 29 February of a common year."""
        if self.after_easter is not None:
            return easter(year) + timedelta(days=self.after_easter)
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def read_day(text: object, where: str) -> DayRule:
    """Return the rule written as `12-25`, `easter+1` or `easter-2`; raises MalformedCalendar."""
    fixed = _FIXED.fullmatch(str(text))
    if fixed is not None:
        month, day = int(fixed[1]), int(fixed[2])
        try:
            date(_LEAP_YEAR, month, day)
        except ValueError:
            raise MalformedCalendar(where, f"{text!r} is no day of a year.", "Write month-day: 12-25.") from None
        return DayRule(month, day)
    moving = _FROM_EASTER.fullmatch(str(text))
    if moving is None:
        raise MalformedCalendar(
            where, f"{text!r} is no day of a year.", 'Write month-day in quotes, "12-25", or easter+1.'
        )
    return DayRule(0, 0, int(moving[1]))


class Dated:
    """The values of one rule file, each holding from its day until the next one's."""

    def __init__(self, name: str, values: Iterable[Mapping[str, Any]]) -> None:
        """name is the file as messages name it; values carry `from`; raises MalformedCalendar."""
        self.name = name
        self.values = list(values)
        try:
            self.starts = [value["from"] for value in self.values]
        except (KeyError, TypeError):
            raise MalformedCalendar(name, "A value has no `from`.", "Give the day each value holds from.") from None
        if not self.starts or not all(isinstance(day, date) for day in self.starts):
            raise MalformedCalendar(name, "A `from` is no date, or none is there.", "Write it as 2026-01-01.")
        if self.starts != sorted(set(self.starts)):
            raise MalformedCalendar(name, "The values are not in the order of `from`.", "Sort them, one per day.")

    def on(self, day: date) -> Mapping[str, Any]:
        """Return the value that holds on the day; raises CalendarNotKnown before the first one."""
        place = bisect_right(self.starts, day)
        if place == 0:
            raise CalendarNotKnown(
                f"Calendar rule {self.name} on {day}",
                f"The earliest day it covers is {self.starts[0]}.",
                "Add the value that held then, with its citation, to the rule file.",
            )
        return self.values[place - 1]


@cache
def read_rule(file: Path) -> Dated:
    """Return the dated values of one calendar file; raises MalformedCalendar."""
    import yaml

    name = f"{file.parent.name}/{file.name}"
    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MalformedCalendar(name, f"{file} is not there.", "Restore the file or set SORGENTE_RULES.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise MalformedCalendar(name, f"It is not YAML: {' '.join(str(problem).split())}", "Mend the file.") from None
    if not isinstance(tree, dict) or not isinstance(tree.get("values"), list):
        raise MalformedCalendar(name, "It has no list of `values`.", "Write it like the other files of the folder.")
    return Dated(name, tree["values"])
