"""Money that came in, filtered as the desk asks, and the work that matching left to a person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from sorgente.customers.queries.find import find_customers
from sorgente.payments.models import Payment

KINDS: list[tuple[str, str]] = [(kind.value, str(kind.label)) for kind in Payment.Kind]
MATCHES: list[tuple[str, str]] = [(match.value, str(match.label)) for match in Payment.Match]

_MOST_NAMED = 200


def list_payments(
    *,
    text: str = "",
    kind: str = "",
    match: str = "",
    start: date | None = None,
    end: date | None = None,
    holder_id: int | None = None,
    bill: str = "",
    ids: list[int] | None = None,
) -> QuerySet[Any, Any]:
    """Return payments, latest first, as dictionaries.

    text        a customer or a bill; of what waits in suspense also a piece of payer or remittance text
    start, end  paid in [start, end)
    """
    found = Payment.objects.all()
    if text:
        holders = [customer.party_id for customer in find_customers(text, limit=_MOST_NAMED)]
        found = found.filter(
            Q(contract_account__holder_id__in=holders)
            | Q(bill__number=text.upper())
            | Q(match=Payment.Match.SUSPENSE) & (Q(payer__icontains=text) | Q(remittance__icontains=text))
        )
    if kind:
        found = found.filter(kind=kind)
    if match:
        found = found.filter(match=match)
    if start is not None:
        found = found.filter(paid_on__gte=start)
    if end is not None:
        found = found.filter(paid_on__lt=end)
    if holder_id is not None:
        found = found.filter(contract_account__holder_id=holder_id)
    if bill:
        found = found.filter(bill__number=bill)
    if ids is not None:
        found = found.filter(id__in=ids)
    return (
        found.annotate(
            account=F("contract_account__number"),
            holder=F("contract_account__holder__name"),
            holder_id=F("contract_account__holder_id"),
            bill_number=F("bill__number"),
            sha256=F("document__sha256"),
        )
        .order_by("-id")  # as they came in: an index gives this order however many there are
        .values(
            "id",
            "fingerprint",
            "kind",
            "match",
            "matched_by",
            "cents",
            "paid_on",
            "booked_on",
            "payer",
            "remittance",
            "references",
            "account",
            "holder",
            "holder_id",
            "bill_number",
            "sha256",
        )
    )


def unmatched_count() -> int:
    """Return how many payments wait for a person."""
    return Payment.objects.filter(match=Payment.Match.SUSPENSE).count()
