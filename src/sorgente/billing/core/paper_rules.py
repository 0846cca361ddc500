"""What the law makes a bill say beside its amounts, looked up once for a day of issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sorgente.shared.money import milli_from_units
from sorgente.tariffs.rules import Rules


@dataclass(frozen=True, slots=True)
class PaperRules:
    """Figures of rules/arera: percentages whole, `abnormal_times_milli` 2000 for twice."""

    instalment_percent: int
    slips_percent: int
    mean_months: int
    ask_within_days: int
    abnormal_times_milli: int
    attempt_steps: Sequence[Sequence[int]]  # [[above this many m3 a year, attempts], …]

    def reading_attempts(self, yearly_milli: int | None) -> int:
        """Return the reading attempts due in a year; without a Ca, those of the first class."""
        attempts = self.attempt_steps[0][1]
        for above, count in self.attempt_steps[1:]:
            if yearly_milli is not None and yearly_milli > above * 1000:
                attempts = count
        return attempts

    def is_abnormal(self, daily_milli: int, usual_daily_milli: int | None) -> bool:
        """Tell whether the use is so many times the usual; never where the usual is not known or nothing."""
        return bool(usual_daily_milli) and daily_milli * 1000 >= (usual_daily_milli or 0) * self.abnormal_times_milli

    def exceeds_mean(self, cents: int, earlier_cents: Sequence[int], percent: int) -> bool:
        """Tell whether a bill is more than so many percent of the mean of earlier ones; false without any."""
        return bool(earlier_cents) and cents * len(earlier_cents) * 100 > sum(earlier_cents) * percent


def paper_rules(rules: Rules, *, bill_on: date) -> PaperRules:
    """Return the figures in force on a day of issue; raises NoValue naming the rule and the day."""
    instalments = rules.value("arera.billing.instalment_right", on=bill_on)
    return PaperRules(
        instalment_percent=instalments["above_percent_of_mean"],
        slips_percent=instalments["slips_above_percent"],
        mean_months=instalments["mean_of_months"],
        ask_within_days=instalments["ask_within_days"],
        abnormal_times_milli=milli_from_units(
            rules.value("arera.metering.abnormal_consumption", on=bill_on), what="abnormal consumption"
        ),
        attempt_steps=rules.value("arera.metering.reading_attempts", on=bill_on),
    )
