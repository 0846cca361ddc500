"""Service quality of the demonstration: bills are measured each month, and at the end every clock is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sorgente.journeys.demo.clerk import moment
from sorgente.quality.usecases.evaluate_clocks import evaluate_clocks
from sorgente.quality.usecases.record_bill_standards import record_bill_standards
from sorgente.quality.usecases.settle_indemnities import settle_indemnities

QUALITY_DAY = 2
_LOOKS_BACK = timedelta(days=35)  # a month and what was late
# A clock is looked at on every one of the latest days, so that base, double and triple come on their day.
EVERY_DAY_FROM = 30


@dataclass(slots=True)
class Standards:
    """What the nights of quality found, for the summary."""

    bills: int = 0
    late_bills: int = 0
    late: int = 0  # clocks out of standard the latest time they were looked at
    refusals: list[str] = field(default_factory=list)

    def month(self, day: date) -> None:
        """Measure the bills since the month before, let indemnities accrue and hand them on."""
        self._night(day, measured_from=day - _LOOKS_BACK, at=moment(day, 2))

    def evening(self, day: date) -> None:
        """Look at the clocks alone."""
        self.refusals += list(evaluate_clocks(as_of=day, at=moment(day, 2)).refusals.values())

    def end(self, day: date, *, at: datetime) -> None:
        """Do all of it on the day whoever opens the demonstration looks."""
        self._night(day, measured_from=day - _LOOKS_BACK, at=at)

    def _night(self, day: date, *, measured_from: date, at: datetime) -> None:
        bills = record_bill_standards(start=measured_from, end=day + timedelta(days=1))
        clocks = evaluate_clocks(as_of=day, at=at)
        settled = settle_indemnities(as_of=day, at=at)
        self.bills += bills.bills
        self.late_bills += bills.late_bills
        self.late = clocks.late
        for refused in (bills.refusals, clocks.refusals, settled.refusals):
            self.refusals += [f"{about}: {why}" for about, why in refused.items()]
