"""The customer beside a ticket: what the clerk needs to answer is on the page already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.queries.overview import customer_overview
from sorgente.interfaces.desk.access import Right
from sorgente.interfaces.desk.customer_page import own_reads
from sorgente.ledger.queries.accounts import open_items
from sorgente.metering.queries.point_meters import meters_at
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.queries.inbox import open_tickets_of_party

_BILLS = 3
_READS = 4


def customer_beside(ticket: TicketFacts, *, as_of: date, may: Callable[[Right], bool]) -> dict[str, Any]:
    """Return the parts of the context column by name; what the role may not see is not read."""
    if ticket.party_id is None:
        return {"customer": None}
    customer = customer_overview(ticket.party_id, as_of=as_of)
    accounts = [one for one in customer.accounts if ticket.account_number in ("", one.number)]
    contracts = [contract for account in accounts for contract in account.contracts]
    beside: dict[str, Any] = {
        "customer": customer,
        "accounts": accounts,
        "contracts": [contract for contract in contracts if contract.active],
        "other_tickets": open_tickets_of_party(customer.id, but=ticket.number)[:5],
    }
    if may(Right.BILLS):
        items = [item for account in accounts for item in open_items(contract_account_id=account.id)]
        beside |= {
            "balance_cents": sum(item.open_cents for item in items),
            "overdue_cents": sum(item.open_cents for item in items if item.open_cents > 0 and item.due_on < as_of),
            "bills": [
                bill for account in accounts for bill in list_bills(as_of=as_of, account=account.number)[:_BILLS]
            ],
        }
    if may(Right.METERS):
        meters = meters_at([contract.point.id for contract in contracts], latest=_READS)
        supplied = [(contract.point.id, contract.start, contract.end) for contract in contracts]
        beside["meters"] = own_reads([one for one in meters if one.removed_on is None], supplied)
    return beside
