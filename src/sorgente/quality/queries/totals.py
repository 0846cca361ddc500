"""What a year's return asks (RQSII art. 77): performances in and out of standard by cause, shares, indemnities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Q, Sum

from sorgente.quality.core.standards import Standard, standards
from sorgente.quality.models import IndemnityDue, Performance
from sorgente.quality.queries.clocks import current
from sorgente.quality.queries.register import year_of
from sorgente.tariffs.rules import rules


@dataclass(frozen=True, slots=True)
class IndicatorYear:
    """One indicator in a year of performances ended. Shares are tenths of a percent; None where nothing was done."""

    code: str
    name: str
    group: str
    unit: str
    is_mean: bool
    total: int
    within: int
    out_operator: int
    out_force_majeure: int
    out_third_party: int
    mean_elapsed: int | None
    share_permille: int | None
    target_percent: int | None
    is_kept: bool | None
    indemnities: int
    indemnity_cents: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class MacroYear:
    """MC1 or MC2 (rules: arera.quality.macro_indicators).

    Standards on a mean are no performances that are in or out; failures that are not the operator's leave the count.
    """

    group: str
    within: int
    counted: int
    share_permille: int | None
    klass: str


def totals_of_year(year: int) -> list[IndicatorYear]:
    """Return every indicator with its counts in a year, corrected rows left out."""
    rows = {
        row["standard"]: row
        for row in current()
        .filter(year_of("ended_at", year), state=Performance.State.ENDED)
        .values("standard")
        .annotate(
            total=Count("id"),
            good=Count("id", filter=Q(within=True)),
            operator=Count("id", filter=Q(within=False, cause="operator")),
            force_majeure=Count("id", filter=Q(within=False, cause="force_majeure")),
            third_party=Count("id", filter=Q(within=False, cause="third_party")),
            mean=Avg("elapsed"),
        )
    }
    due = IndemnityDue.objects.filter(accrued_on__year=year).exclude(state=IndemnityDue.State.EXCLUDED)
    rows_due = due.values("performance__standard").annotate(
        performances=Count("performance", distinct=True),
        sum=Sum("cents"),
        paid=Sum("cents", filter=Q(state=IndemnityDue.State.PAID)),
    )
    money = {row["performance__standard"]: (row["performances"], row["sum"], row["paid"] or 0) for row in rows_due}
    return [_year(one, rows.get(one.code), money.get(one.code, (0, 0, 0))) for one in standards(on=date(year, 12, 31))]


def macro_of_year(year: int) -> list[MacroYear]:
    """Return MC1 and MC2 of a year with their class."""
    classes = rules().value("arera.quality.macro_indicators", on=date(year, 12, 31))
    found = totals_of_year(year)
    return [
        _macro(group, [one for one in found if one.group == group and not one.is_mean], classes[group])
        for group in ("MC1", "MC2")
    ]


def _year(one: Standard, row: Mapping[str, Any] | None, money: tuple[int, int, int]) -> IndicatorYear:
    row = row or {"total": 0, "good": 0, "operator": 0, "force_majeure": 0, "third_party": 0, "mean": None}
    mean = None if row["mean"] is None else round(row["mean"])
    share = _permille(row["good"], row["good"] + row["operator"])
    kept: bool | None = None
    if one.is_mean and mean is not None:
        kept = one.is_within(mean)
    elif one.months_in_year is not None and row["total"]:
        kept = row["good"] >= one.months_in_year
    elif one.share_percent is not None and share is not None:
        kept = share >= one.share_percent * 10
    return IndicatorYear(
        code=one.code, name=one.name, group=one.group, unit=one.unit.value, is_mean=one.is_mean,
        total=row["total"], within=row["good"], out_operator=row["operator"],
        out_force_majeure=row["force_majeure"], out_third_party=row["third_party"],
        mean_elapsed=mean, share_permille=share, target_percent=one.share_percent, is_kept=kept,
        indemnities=money[0], indemnity_cents=money[1], paid_cents=money[2],
    )  # fmt: skip


def _macro(group: str, rows: list[IndicatorYear], classes: dict[str, int]) -> MacroYear:
    within = sum(row.within for row in rows)
    counted = within + sum(row.out_operator for row in rows)
    share = _permille(within, counted)
    # The class compares exact counts: 98 % must be passed, not reached by rounding.
    klass = ""
    if counted:
        klass = next((name for name in ("A", "B") if within * 100 > classes[f"{name}_above"] * counted), "C")
    return MacroYear(group, within, counted, share, klass)


def _permille(part: int, whole: int) -> int | None:
    return None if whole == 0 else (part * 1000 + whole // 2) // whole
