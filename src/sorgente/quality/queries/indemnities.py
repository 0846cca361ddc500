"""Indemnities as rows: who has one, for what, where it stands, and by when it must be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from sorgente.quality.models import IndemnityDue, IndemnityStep

STATES = {value: str(label) for value, label in IndemnityDue.State.choices}
REASONS = {value: str(label) for value, label in IndemnityDue.Excluded.choices}
_OPEN = ("accrued", "suspended", "on_bill", "direct")


@dataclass(frozen=True, slots=True)
class StepView:
    on: date
    state: str
    cents: int
    elapsed: int | None
    note: str


def list_indemnities(*, state: str = "", standard: str = "", text: str = "") -> QuerySet[Any, Any]:
    """Return indemnities as rows, those to be paid first by their latest day; `state` "open" is all of these."""
    found = IndemnityDue.objects.all()
    if state == "open":
        found = found.filter(state__in=_OPEN)
    elif state:
        found = found.filter(state=state)
    if standard:
        found = found.filter(performance__standard=standard)
    if text:
        found = found.filter(Q(performance__reference__istartswith=text) | Q(account_number__istartswith=text))
    return found.order_by(F("paid_on").desc(nulls_first=True), "settle_by", "id").values(
        "id", "account_number", "cents", "state", "excluded", "accrued_on", "settle_by", "bill_number",
        "payment_reference", "paid_on",
        standard=F("performance__standard"), reference=F("performance__reference"),
    )  # fmt: skip


def indemnity_totals() -> dict[str, tuple[int, int]]:
    """Return state -> (how many, cents)."""
    rows = IndemnityDue.objects.values_list("state").annotate(Count("id"), Sum("cents"))
    found = {state: (count, cents) for state, count, cents in rows}
    return {state: found.get(state, (0, 0)) for state in STATES}


def steps_of(indemnity_id: int) -> list[StepView]:
    """Return what happened to an indemnity, in order."""
    rows = IndemnityStep.objects.filter(indemnity_id=indemnity_id).order_by("id")
    return [StepView(row.on, row.state, row.cents, row.elapsed, row.note) for row in rows]


def indemnities_of_account(number: str) -> list[dict[str, Any]]:
    """Return the indemnities of a contract account, the latest first."""
    return list(list_indemnities(text=number).filter(account_number=number).order_by("-accrued_on", "-id"))
