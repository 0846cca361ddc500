"""The one search box: each process is asked for the keys it knows, and every customer appears once."""

from __future__ import annotations

from dataclasses import dataclass

from sorgente.billing.queries.bill_keys import bills_by_number
from sorgente.customers.queries.find import (
    CustomerFound,
    customers_by_party,
    find_customers,
    parties_of_accounts,
    parties_of_points,
)
from sorgente.metering.queries.point_meters import points_with_serial

MOST = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer with the key that led there: `found` is the bill number or the serial, empty where none is meant."""

    customer: CustomerFound
    why: str
    found: str


def find(text: str) -> list[Hit]:
    """Return at most one page of customers: whoever a bill number or a meter names comes first."""
    wanted = text.strip()
    keys: dict[int, tuple[str, str]] = {}
    if any(letter.isdigit() for letter in wanted):
        bills = bills_by_number([wanted.upper()])
        holders = parties_of_accounts(bill.contract_account_id for bill in bills.values())
        for bill in bills.values():
            keys.setdefault(holders[bill.contract_account_id], ("bill", bill.number))
        points = points_with_serial(wanted)
        for point, party in parties_of_points(points).items():
            keys.setdefault(party, ("meter", points[point]))
    hits = [Hit(customer, *keys[customer.party_id]) for customer in customers_by_party(list(keys))]
    hits += [
        Hit(customer, customer.found_by, _value(customer))
        for customer in find_customers(wanted, limit=MOST)
        if customer.party_id not in keys
    ]
    return hits[:MOST]


def _value(customer: CustomerFound) -> str:
    """Return the key itself where the customer's line does not show it anyway."""
    return customer.vat_number if customer.found_by == "vat_number" else ""
