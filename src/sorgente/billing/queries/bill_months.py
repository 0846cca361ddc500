"""Bills by month and by what they rest on, for the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from sorgente.billing.models import Bill

_ESTIMATED = {Bill.Kind.ESTIMATED}
_NEITHER = {Bill.Kind.CREDIT_NOTE, Bill.Kind.CORRECTION}


@dataclass(frozen=True, slots=True)
class BillMonth:
    month: date
    actual: int  # bills on actual reads, the mixed ones among them
    estimated: int
    billed_cents: int  # with VAT, credit notes taken off


def bills_by_month(*, start: date, end: date) -> list[BillMonth]:
    """Return the months of [start, end) that have bills, in order."""
    rows = (
        Bill.objects.filter(issued_on__gte=start, issued_on__lt=end)
        .annotate(month=TruncMonth("issued_on"))
        .order_by()
        .values_list("month", "kind")
        .annotate(bills=Count("id"), cents=Sum("total_cents"))
    )
    months: dict[date, list[int]] = {}
    for month, kind, bills, cents in rows:
        sums = months.setdefault(month, [0, 0, 0])
        if kind in _ESTIMATED:
            sums[1] += bills
        elif kind not in _NEITHER:
            sums[0] += bills
        sums[2] += cents
    return [BillMonth(month, *months[month]) for month in sorted(months)]
