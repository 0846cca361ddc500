"""What is still owed, as conditions and columns for the lists of other processes, and by month."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth

from sorgente.ledger.models import OpenItem


def open_cents_of(reference: OuterRef) -> Coalesce:
    """Return an expression for another process's list: what is still open of a receivable, in cents; 0 if none."""
    still_open = (
        OpenItem.objects.filter(reference=reference, cents__gt=0)
        .order_by()
        .values("reference")
        .annotate(open_cents=Sum(F("cents") - F("settled_cents")))
        .values("open_cents")
    )
    return Coalesce(Subquery(still_open), 0)


def is_open(reference: OuterRef, *, due_before: date | None = None, due_from: date | None = None) -> Exists:
    """Return a condition for another process's list: the receivable is not settled, and falls due when asked."""
    unsettled = OpenItem.objects.filter(_unsettled(), reference=reference)
    if due_before is not None:
        unsettled = unsettled.filter(due_on__lt=due_before)
    if due_from is not None:
        unsettled = unsettled.filter(due_on__gte=due_from)
    return Exists(unsettled)


def overdue_by_month(*, start: date, as_of: date) -> dict[date, int]:
    """Return unsettled cents by the month they fell due in, up to the day."""
    rows = (
        OpenItem.objects.filter(_unsettled(), due_on__gte=start, due_on__lt=as_of)
        .annotate(month=TruncMonth("due_on"))
        .order_by()
        .values_list("month")
        .annotate(cents=Sum(F("cents") - F("settled_cents")))
    )
    return dict(rows)


def references_open_for(*, cents: int, most: int = 20) -> list[str]:
    """Return the references of receivables that still ask exactly this amount, the latest due first."""
    items = OpenItem.objects.filter(_unsettled(), cents=cents + F("settled_cents")).order_by("-due_on", "-id")
    return list(items.values_list("reference", flat=True)[:most])


def _unsettled() -> Q:
    # The very condition of the partial index `open_item_open`, so that only open items are visited.
    return ~Q(settled_cents=F("cents")) & Q(cents__gt=0)
