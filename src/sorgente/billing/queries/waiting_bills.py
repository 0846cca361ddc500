"""Which bills wait for a step of the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db.models import Q

from sorgente.billing.models import Bill, BillingRun
from sorgente.shared.errors import WrongUse


def waiting_bills(condition: Q, *, bill_ids: Iterable[int] | None, run: BillingRun | None) -> list[int]:
    """Return the ids of bills that fulfil the condition, ascending: of a run, or among these; raises WrongUse."""
    if (bill_ids is None) == (run is None):
        raise WrongUse("Bills", "Neither a run nor bills were named, or both.", "Name a run, or the bills.")
    found = Bill.objects.filter(condition).order_by("id").values_list("pk", flat=True)
    if run is not None:
        return list(found.filter(run=run))
    return list(found.filter(pk__in=list(bill_ids or ())))


def in_chunks(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    """Yield the ids, so many at a time."""
    rest = iter(ids)
    while chunk := list(islice(rest, size)):
        yield chunk
