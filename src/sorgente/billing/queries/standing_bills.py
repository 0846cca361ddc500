"""Bills of a contract that still stand: what a change that reaches back must bill anew, and how to ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sorgente.billing.models import Bill, BilledConsumption


def bills_resting_on(contract_id: int, *, from_on: date) -> list[str]:
    """Return the numbers of the bills that charge days of a contract from a day on, in the order of issue.

    A bill whose days a later one took over, or that was credited, charges none.
    """
    charged = BilledConsumption.objects.filter(contract_id=contract_id, superseded_by=None, end__gt=from_on)
    found = Bill.objects.filter(pk__in=charged.values("bill_id"), corrections__isnull=True)
    return list(found.exclude(kind=Bill.Kind.CREDIT_NOTE).order_by("id").values_list("number", flat=True))


def closing_bills_of(contract_id: int) -> list[str]:
    """Return the numbers of the closing bills of a contract, in the order of issue."""
    found = Bill.objects.filter(contract_id=contract_id, kind=Bill.Kind.CLOSING).order_by("id")
    return list(found.values_list("number", flat=True))


def ids_of_bills(numbers: Iterable[str]) -> list[int]:
    """Return the ids of bills by their numbers, ascending; unknown numbers are left out."""
    return list(Bill.objects.filter(number__in=list(numbers)).order_by("id").values_list("pk", flat=True))
