"""The one search box: each process is asked for the keys it knows, and every customer appears once."""

from __future__ import annotations

from sorgente.billing.queries.bill_keys import bills_by_number
from sorgente.customers.queries.find_customers import (
    MOST,
    CustomerHit,
    customers_at_points,
    customers_of_accounts,
    find_customers,
)
from sorgente.metering.queries.point_meters import points_with_serial


def find(text: str) -> list[CustomerHit]:
    """Return at most one page of customers: whoever a bill number or a meter names comes first."""
    wanted = text.strip()
    hits: list[CustomerHit] = []
    if any(letter.isdigit() for letter in wanted):
        bills = bills_by_number([wanted.upper()])
        hits += customers_of_accounts({bill.contract_account_id: bill.number for bill in bills.values()}, why="bill")
        hits += customers_at_points(points_with_serial(wanted), why="meter")
    hits += find_customers(wanted)
    once: dict[int, CustomerHit] = {}
    for hit in hits:
        once.setdefault(hit.party_id, hit)
    return list(once.values())[:MOST]
