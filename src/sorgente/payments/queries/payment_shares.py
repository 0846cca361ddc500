"""How customers pay: by direct debit, by a pagoPA notice inside its circuit, or outside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from sorgente.payments.models import Payment


@dataclass(frozen=True, slots=True)
class PaymentShare:
    kind: str  # sdd, pagopa (inside the circuit), transfer (outside it)
    payments: int
    cents: int


def payment_shares(*, start: date, end: date) -> list[PaymentShare]:
    """Return what was matched in [start, end), one row for each of the three roads, in that order."""
    roads = [Payment.Kind.SDD, Payment.Kind.PAGOPA, Payment.Kind.TRANSFER]
    rows = (
        Payment.objects.filter(
            match=Payment.Match.MATCHED, kind__in=roads, cents__gt=0, paid_on__gte=start, paid_on__lt=end
        )
        .order_by()
        .values_list("kind")
        .annotate(payments=Count("id"), cents=Sum("cents"))
    )
    found = {kind: (payments, cents) for kind, payments, cents in rows}
    return [PaymentShare(road.value, *found.get(road, (0, 0))) for road in roads]


def collected_by_month(*, start: date, end: date) -> dict[date, int]:
    """Return cents received from customers in each month of [start, end), returned debits taken off."""
    kinds = [Payment.Kind.SDD, Payment.Kind.SDD_RETURN, Payment.Kind.PAGOPA, Payment.Kind.TRANSFER]
    rows = (
        Payment.objects.filter(match=Payment.Match.MATCHED, kind__in=kinds, paid_on__gte=start, paid_on__lt=end)
        .annotate(month=TruncMonth("paid_on"))
        .order_by()
        .values_list("month")
        .annotate(cents=Sum("cents"))
    )
    return dict(rows)
