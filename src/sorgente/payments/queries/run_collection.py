"""How many bills of a run have been asked for, by debit or by notice."""

from __future__ import annotations

from sorgente.payments.models import Collection, DebtPosition


def bills_asked_for(run_name: str) -> int:
    """Return the bills of the run that have a debit or a position."""
    by_debit = set(Collection.objects.filter(bill__run__name=run_name).values_list("bill_id", flat=True))
    return len(by_debit.union(DebtPosition.objects.filter(bill__run__name=run_name).values_list("bill_id", flat=True)))
