"""The list of bills, filtered as the desk asks, and what a list of them adds up to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet

from sorgente.billing.models import Bill
from sorgente.customers.queries.find import find_customers
from sorgente.ledger.queries.receivables import is_open, open_cents_of

KINDS: list[tuple[str, str]] = [(kind.value, str(kind.label)) for kind in Bill.Kind]

_MOST_NAMED = 200


def list_bills(
    *,
    as_of: date,
    text: str = "",
    kind: str = "",
    basis: str = "",
    state: str = "",
    start: date | None = None,
    end: date | None = None,
    by_due_day: bool = False,
    account: str = "",
    holder_id: int | None = None,
    run: str = "",
    numbers: list[str] | None = None,
) -> QuerySet[Any, Any]:
    """Return bills, latest first, as dictionaries.

    text        the beginning of the number, its sequence alone, or words of the holder's name
    basis       "actual" or "estimated": what the bill rests on, whatever its kind
    state       "open" (not yet due), "overdue", "paid"
    start, end  issued in [start, end); with `by_due_day` due in it
    """
    found = Bill.objects.all()
    if text.isdecimal() and len(text) < 10:
        found = found.filter(sequence=int(text))
    elif any(letter.isdigit() for letter in text):
        found = found.filter(number__startswith=text.upper())
    elif text:
        found = found.filter(contract_account__holder_id__in=_named(text))
    if kind:
        found = found.filter(kind=kind)
    if basis == "estimated":
        found = found.filter(kind=Bill.Kind.ESTIMATED)
    elif basis == "actual":
        found = found.exclude(kind__in=[Bill.Kind.ESTIMATED, Bill.Kind.CREDIT_NOTE, Bill.Kind.CORRECTION])
    number = OuterRef("number")
    if state == "overdue":
        found = found.filter(is_open(number, due_before=as_of), due_on__lt=as_of)
    elif state == "open":
        found = found.filter(is_open(number, due_from=as_of), due_on__gte=as_of)
    elif state == "paid":
        found = found.filter(~is_open(number))
    day = "due_on" if by_due_day else "issued_on"
    if start is not None:
        found = found.filter(**{f"{day}__gte": start})
    if end is not None:
        found = found.filter(**{f"{day}__lt": end})
    if account:
        found = found.filter(contract_account__number=account)
    if holder_id is not None:
        found = found.filter(contract_account__holder_id=holder_id)
    if run:
        found = found.filter(run__name=run)
    if numbers is not None:
        found = found.filter(number__in=numbers)
    return (
        found.annotate(
            account=F("contract_account__number"),
            holder=F("contract_account__holder__name"),
            holder_id=F("contract_account__holder_id"),
            point=F("contract__service_point__code"),
            open_cents=open_cents_of(number),
        )
        .order_by("-id")  # numbers and days never go back, so this is the order of issue, and it has an index
        .values(
            "id",
            "number",
            "kind",
            "issued_on",
            "due_on",
            "start",
            "end",
            "quantity_milli",
            "total_cents",
            "to_pay_cents",
            "open_cents",
            "account",
            "holder",
            "holder_id",
            "point",
        )
    )


def _named(text: str) -> list[int]:
    """Return the holders a name may mean; the index of names finds them without reading every bill."""
    return [customer.party_id for customer in find_customers(text, limit=_MOST_NAMED)]
