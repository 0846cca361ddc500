"""What a point used over time: the bars of the bill's chart, and the same days of the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sorgente.billing.core.document import HistoryBar, ReadKind
from sorgente.shared.money import divide_half_up

YEAR = timedelta(days=365)
LOOK_BACK = timedelta(days=365 + 215)  # a year before, and the half year a read of then may reach back
_CHART = timedelta(days=400)
_SHORTEST_DAYS = 25  # reads closer than this share a bar


@dataclass(frozen=True, slots=True)
class SeenIndex:
    """A read of a register in its place; `running_milli` never starts again from zero."""

    register_id: int
    installed_on: date
    day: date
    running_milli: int
    kind: ReadKind


def bars_between_reads(reads: Sequence[SeenIndex]) -> list[HistoryBar]:
    """Return consumption between consecutive reads of one installation; sorted as given, by installation and day."""
    bars: list[HistoryBar] = []
    for before, after in pairwise(reads):
        same = (before.register_id, before.installed_on) == (after.register_id, after.installed_on)
        if same and after.day > before.day and after.running_milli >= before.running_milli:
            bars.append(HistoryBar(before.day, after.day, after.running_milli - before.running_milli, after.kind))
    return bars


def chart_bars(bars: Sequence[HistoryBar], *, end: date) -> tuple[HistoryBar, ...]:
    """Return the bars of the thirteen months before `end`, none shorter than a month's reading.

    bars  by start, not overlapping
    """
    merged: list[HistoryBar] = []
    for bar in bars:
        if bar.end <= end - _CHART:
            continue
        latest = merged[-1] if merged else None
        joins = latest is not None and latest.end == bar.start and latest.kind is bar.kind
        short = latest is not None and min(_days(latest), _days(bar)) < _SHORTEST_DAYS
        if latest is not None and joins and short:
            merged[-1] = HistoryBar(latest.start, bar.end, latest.volume_milli + bar.volume_milli, bar.kind)
        else:
            merged.append(bar)
    return tuple(merged)


def daily_mean(bars: Sequence[HistoryBar], *, start: date, end: date) -> int | None:
    """Return litres a day over [start, end), days shared pro rata; None where the bars leave a day out."""
    days, milli = 0, 0
    for bar in bars:
        common = (min(bar.end, end) - max(bar.start, start)).days
        if common > 0:
            days += common
            milli += divide_half_up(bar.volume_milli * common, _days(bar))
    wanted = (end - start).days
    return divide_half_up(milli, wanted) if days == wanted else None


def _days(bar: HistoryBar) -> int:
    return (bar.end - bar.start).days
