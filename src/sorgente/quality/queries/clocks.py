"""Clocks as people ask for them: what falls due, what runs for a request, what runs for a customer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from sorgente.quality.core.standards import standard, standards
from sorgente.quality.models import Performance, Suspension

_OPEN = (Performance.State.RUNNING, Performance.State.SUSPENDED)
WINDOWS = ("late", "today", "week", "open")
STATES = {value: str(label) for value, label in Performance.State.choices}
CAUSES = {value: str(label) for value, label in Performance.Cause.choices}


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock on a day. `due_on` is the latest good day, none while suspended; `days_left` is negative when late."""

    standard: str
    name: str
    reference: str
    account_number: str
    contract_number: str
    channel: str
    text: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    level: int
    unit: str
    cite: str
    due_on: date | None
    due_at: datetime | None
    elapsed: int | None
    within: bool | None
    cause: str
    days_left: int | None

    @property
    def is_late(self) -> bool:
        return self.within is False or (self.days_left is not None and self.days_left < 0)


def expiring(*, as_of: date, days: int) -> list[ClockView]:
    """Return the open clocks that are late or fall due within so many days, today counted; the earliest first."""
    found = Performance.objects.filter(state__in=_OPEN, due_on__lt=as_of + timedelta(days=days))
    return _views(found.order_by("due_on", "due_at", "id"), as_of)


def clocks_of(reference: str, *, as_of: date | None = None) -> list[ClockView]:
    """Return every clock of a request, ticket, bill or appointment, corrected rows left out.

    as_of  the day that `days_left` counts from; without it there is none
    """
    return _views(current().filter(reference=reference).order_by("started_at", "id"), as_of)


def running_clocks(references: Collection[str], *, as_of: date) -> dict[str, ClockView]:
    """Return for each of many references the clock that runs, the earliest of several; without one it is left out."""
    found = Performance.objects.filter(reference__in=references, state__in=_OPEN, ended_at=None)
    return {one.reference: one for one in reversed(_views(found.order_by("started_at", "id"), as_of))}


def open_clocks_of_account(number: str, *, as_of: date | None = None) -> list[ClockView]:
    """Return the clocks that run for a contract account; those that fall due first come first."""
    found = Performance.objects.filter(account_number=number, state__in=_OPEN)
    return _views(found.order_by(F("due_on").asc(nulls_last=True), "id"), as_of)


def list_clocks(*, as_of: date, window: str = "open", indicator: str = "", text: str = "") -> QuerySet[Any, Any]:
    """Return open clocks as rows for a page.

    window  "late", "today", "week" (today and the six days after it), else all that are open
    text    beginning of a reference or of an account number
    """
    found = Performance.objects.filter(state__in=_OPEN)
    if window in ("late", "today", "week"):
        found = found.filter(_window(window, as_of))
    if indicator:
        found = found.filter(standard=indicator)
    if text:
        found = found.filter(Q(reference__istartswith=text) | Q(account_number__istartswith=text))
    return found.order_by(F("due_on").asc(nulls_last=True), "due_at", "id").values(
        "id", "standard", "reference", "account_number", "channel", "text", "state", "started_at", "due_on", "due_at",
        "level_amount", "unit",
        suspended_for=Suspension.objects.filter(performance=OuterRef("pk"), end_at__isnull=True).values("cause")[:1],
    )  # fmt: skip


def clock_counts(*, as_of: date) -> dict[str, int]:
    """Return how many open clocks are late, fall due today, this week, and all of them, by window."""
    found = Performance.objects.filter(state__in=_OPEN)
    return {name: found.filter(_window(name, as_of)).count() if name != "open" else found.count() for name in WINDOWS}


def standards_in_use(*, as_of: date) -> dict[str, str]:
    """Return code -> Italian name of every standard, specific ones first."""
    return {one.code: one.name for one in standards(on=as_of)}


def current() -> QuerySet[Performance, Performance]:
    """Return the rows that no later one corrects."""
    return Performance.objects.filter(~Exists(Performance.objects.filter(corrects=OuterRef("pk"))))


def _window(name: str, as_of: date) -> Q:
    if name == "late":
        return Q(due_on__lt=as_of)
    until = as_of if name == "today" else as_of + timedelta(days=6)
    return Q(due_on__gte=as_of, due_on__lte=until)


def _views(rows: QuerySet[Performance, Performance], as_of: date | None) -> list[ClockView]:
    return [_view(row, as_of) for row in rows]


def _view(row: Performance, as_of: date | None) -> ClockView:
    is_open = row.state in _OPEN
    started_on = timezone.localtime(row.started_at).date()
    return ClockView(
        standard=row.standard,
        name=standard(row.standard, on=started_on).name,
        reference=row.reference,
        account_number=row.account_number,
        contract_number=row.contract_number,
        channel=row.channel,
        text=row.text,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        level=row.level,
        unit=row.unit,
        cite=row.cite,
        due_on=row.due_on,
        due_at=row.due_at,
        elapsed=row.elapsed,
        within=row.within,
        cause=row.cause,
        days_left=(row.due_on - as_of).days if is_open and row.due_on and as_of else None,
    )
