"""Water as a household understands it: litres a day, a person, beside the year before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# More than twice the usual, and more than a dripping tap: 100 l a day are 36 m3 a year.
_LEAK_TIMES = 2
_LEAK_LITRES = 100
_SHORTEST_DAYS = 5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Water between two accepted reads, over [start, end)."""

    start: date
    end: date
    litres: int

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def daily(self) -> int:
        return round(self.litres / self.days)


@dataclass(frozen=True, slots=True)
class Use:
    """The latest stretch beside what is usual.

    daily          litres a day now
    a_person       litres a person and day; None where nobody declared how many live there
    year_before    litres a day over the same days a year ago, None where they are not known
    usual          litres a day over a usual year, None where it is not known
    looks_like_leak  far more than usual
    """

    latest: Stretch
    daily: int
    a_person: int | None
    year_before: int | None
    usual: int | None
    looks_like_leak: bool

    @property
    def change_percent(self) -> int | None:
        """Return the change beside the year before, in percent."""
        return None if not self.year_before else round(100 * (self.daily - self.year_before) / self.year_before)


def use_of(stretches: Sequence[Stretch], *, persons: int | None, yearly_litres: int | None) -> Use | None:
    """Return how the latest stretch compares; None without one of a few days."""
    long_enough = [one for one in stretches if one.days >= _SHORTEST_DAYS]
    if not long_enough:
        return None
    latest = max(long_enough, key=lambda one: one.end)
    year_before = mean_over(stretches, latest.start - timedelta(days=365), latest.end - timedelta(days=365))
    usual = round(yearly_litres / 365) if yearly_litres else year_before
    return Use(
        latest=latest,
        daily=latest.daily,
        a_person=round(latest.daily / persons) if persons else None,
        year_before=year_before,
        usual=usual,
        looks_like_leak=usual is not None
        and latest.daily > _LEAK_TIMES * usual
        and latest.daily - usual >= _LEAK_LITRES,
    )


def mean_over(stretches: Sequence[Stretch], start: date, end: date) -> int | None:
    """Return litres a day over [start, end), each stretch spread evenly; None where half of it is not known."""
    known = litres = 0
    for one in stretches:
        days = (min(one.end, end) - max(one.start, start)).days
        if days > 0 and one.days:
            known += days
            litres += round(one.litres * days / one.days)
    return round(litres / known) if known * 2 >= (end - start).days and known else None
