"""Parked contracts that the anomaly gate holds, as values."""

from __future__ import annotations

from dataclasses import dataclass

from sorgente.billing.models import RunItem


@dataclass(frozen=True, slots=True)
class ParkedItem:
    id: int
    run_id: int
    contract_id: int
    code: str
    reason: str


def parked_of_run(run_id: int) -> list[ParkedItem]:
    """Return the parked items of a run, by contract."""
    rows = RunItem.objects.filter(run_id=run_id, state=RunItem.State.PARKED).order_by("contract_id")
    return [ParkedItem(*row) for row in rows.values_list("id", "run_id", "contract_id", "code", "reason")]
