"""Reads that wait for a person, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sorgente.metering.models import Read


@dataclass(frozen=True, slots=True)
class HeldRead:
    id: int
    register_id: int
    read_on: date
    index_milli: int
    reason: str


def held_reads(*, before: date) -> list[HeldRead]:
    """Return held reads of days before `before`, the earliest first."""
    rows = Read.objects.filter(state=Read.State.HELD, read_on__lt=before).order_by("read_on", "id")
    return [HeldRead(*row) for row in rows.values_list("id", "register_id", "read_on", "index_milli", "reason")]
