"""Runs as the cockpit shows them: how far each step is, what is parked and why."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, F, QuerySet, Value, When

from sorgente.billing.models import BillingRun, RunItem

_UNTIL_ISSUE = [BillingRun.Step.SELECT, BillingRun.Step.RATE, BillingRun.Step.GATE, BillingRun.Step.ISSUE]


def list_runs() -> QuerySet[BillingRun, Any]:
    """Return runs, latest first, as dictionaries.

    stage  the step a run stands at: what it says itself until its bills are issued, then what its counts say, as
           papers, transmission and delivery are counted one by one; "done" when every bill is delivered
    """
    stage = Case(
        When(step__in=_UNTIL_ISSUE, then=F("step")),
        When(rendered__lt=F("issued"), then=Value("render")),
        When(transmitted__lt=F("issued"), then=Value("transmit")),
        When(delivered__lt=F("issued"), then=Value("deliver")),
        default=Value("done"),
    )
    return (
        BillingRun.objects.annotate(stage=stage)
        .order_by("-bill_on", "-id")
        .values(
            "id",
            "name",
            "bill_on",
            "due_on",
            "read_through",
            "stage",
            "selected",
            "issued",
            "parked",
            "rendered",
            "transmitted",
            "delivered",
            "collected",
            "started_at",
            "ended_at",
            "version",
        )
    )


def run_by_name(name: str) -> dict[str, Any] | None:
    """Return one run, or None."""
    return list_runs().filter(name=name).first()


def run_states(name: str) -> dict[str, int]:
    """Return how many items of the run stand in each state."""
    rows = RunItem.objects.filter(run__name=name).order_by().values_list("state").annotate(items=Count("id"))
    return dict(rows)


def parked_reasons(name: str) -> list[dict[str, Any]]:
    """Return the reasons of the parked items of a run, the most frequent first: code, items."""
    rows = RunItem.objects.filter(run__name=name, state=RunItem.State.PARKED).order_by()
    return [dict(row) for row in rows.values("code").annotate(items=Count("id")).order_by("-items", "code")]


def parked_items(*, run: str = "", code: str = "") -> QuerySet[Any, Any]:
    """Return parked items as dictionaries, of one run or of all, the earliest first."""
    found = RunItem.objects.filter(state=RunItem.State.PARKED)
    if run:
        found = found.filter(run__name=run)
    if code:
        found = found.filter(code=code)
    return (
        found.annotate(
            run_name=F("run__name"),
            contract_number=F("contract__number"),
            point=F("contract__service_point__code"),
            holder=F("contract__contract_account__holder__name"),
            holder_id=F("contract__contract_account__holder_id"),
        )
        .order_by("id")
        .values(
            "id", "run_name", "contract_number", "point", "holder", "holder_id", "code", "reason", "next_step", "state"
        )
    )


def parked_count() -> int:
    return RunItem.objects.filter(state=RunItem.State.PARKED).count()
