"""Rows of terms: closed and added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from sorgente.customers.models import SupplyTerms
from sorgente.shared.period import Period

# What the terms are, besides their period and their history.
TERMS = ("tariff", "category", "residents", "units", "other_units", "services", "bonus", "commitment_milli")


def as_range(period: Period) -> DateRange:
    """Return the period as the database keeps it."""
    return DateRange(period.start, period.end)


def current_rows(contract_id: int) -> list[SupplyTerms]:
    """Return the rows that hold, in the order of their days, locked for change."""
    return list(
        SupplyTerms.objects.select_for_update().filter(contract_id=contract_id, replaced_at=None).order_by("valid")
    )


def replace_rows(
    rows: Sequence[SupplyTerms],
    pieces: Iterable[tuple[Period, SupplyTerms, Mapping[str, Any]]],
    recorded_at: datetime,
) -> None:
    """Close the rows and add the pieces that hold instead: (period, row it comes from, what differs)."""
    for row in rows:
        row.replaced_at = recorded_at
        row.save(update_fields=["replaced_at"])
    SupplyTerms.objects.bulk_create(
        SupplyTerms(
            contract_id=row.contract_id,
            valid=as_range(period),
            recorded_at=recorded_at,
            **{**{name: getattr(row, name) for name in (*TERMS, "reason")}, **changes},
        )
        for period, row, changes in pieces
    )
