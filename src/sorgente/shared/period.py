"""Periods of days are half-open, [start, end): neighbours touch, `days` is a subtraction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sorgente.shared.errors import SorgenteError


class EmptyPeriod(SorgenteError):
    code = "shared.period.empty"


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """Days from `start` up to, and not including, `end`. `end` None means open-ended."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise EmptyPeriod(
                f"Period {self.start} to {self.end}",
                "It has no day.",
                "Give an end after the start; the end is excluded.",
            )

    @property
    def days(self) -> int:
        """Number of days; raises ValueError when the period is open."""
        if self.end is None:
            raise ValueError(f"The period from {self.start} has no end.")
        return (self.end - self.start).days

    @property
    def latest_day(self) -> date | None:
        """The latest day inside, as a printed bill says it; None when open."""
        return None if self.end is None else self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        return self.cut(other) is not None

    def cut(self, other: Period) -> Period | None:
        """Return the days in both, or None."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        return None if end is not None and end <= start else Period(start, end)

    def split_at(self, days: Iterable[date]) -> list[Period]:
        """Return the pieces between the given days that fall inside; together they are this period."""
        cuts = sorted({day for day in days if day in self and day != self.start})
        starts = [self.start, *cuts]
        ends: list[date | None] = [*cuts, self.end]
        return [Period(start, end) for start, end in zip(starts, ends, strict=True)]
