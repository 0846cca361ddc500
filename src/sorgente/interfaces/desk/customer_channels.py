"""What the customer has with us beside bills and water: requests, tickets, appointments, calls, the web area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sorgente.billing.queries.deposits import DepositValues, deposit_of
from sorgente.billing.queries.one_off_list import OneOffValues, one_offs_of_contract
from sorgente.customers.access.queries.accounts_of_user import login_of_party
from sorgente.customers.access.queries.delegates import delegates_of, invitations_of
from sorgente.customers.queries.overview import CustomerCard
from sorgente.customers.queries.requests import requests_of_party
from sorgente.interfaces.desk.access import Right
from sorgente.quality.queries.clocks import open_clocks_of_account
from sorgente.quality.queries.indemnities import indemnities_of_account
from sorgente.tickets.appointments.queries.counter import calls_of_party
from sorgente.tickets.appointments.queries.diary import appointments_of
from sorgente.tickets.queries.inbox import tickets_of_party

_ROWS = 5


@dataclass(frozen=True, slots=True)
class ContractMoney:
    """The deposit of a contract and its one-off rows that wait for a bill."""

    deposit: DepositValues | None
    pending: list[OneOffValues]


def channels_of(customer: CustomerCard, *, at: datetime, as_of: date, may: Callable[[Right], bool]) -> dict[str, Any]:
    """Return the parts of the page by name, newest first; a part that the role may not see is not even read."""
    numbers = [account.number for account in customer.accounts]
    parts: dict[str, Any] = {}
    if may(Right.CONTRACTS):
        parts["requests"] = requests_of_party(customer.id)[:_ROWS]
    if may(Right.TICKETS):
        parts["tickets"] = tickets_of_party(customer.id)[:_ROWS]
    if may(Right.APPOINTMENTS):
        parts["appointments"] = appointments_of(party_id=customer.id, accounts=numbers)[:_ROWS]
    if may(Right.CALLS) or may(Right.TICKETS):
        parts["calls"] = calls_of_party(customer.id, most=_ROWS)
    if may(Right.QUALITY):
        parts["clocks"] = [clock for number in numbers for clock in open_clocks_of_account(number, as_of=as_of)]
        parts["indemnities"] = [row for number in numbers for row in indemnities_of_account(number)][:_ROWS]
    if may(Right.BILLS):
        parts["money"] = {
            contract.number: ContractMoney(
                deposit_of(contract.number),
                [row for row in one_offs_of_contract(contract.number) if row.state == "pending"],
            )
            for account in customer.accounts
            for contract in account.contracts
        }
    if may(Right.CONTRACTS) or may(Right.TICKETS):
        parts["login"] = login_of_party(customer.id)
        parts["delegates"] = [
            (number, delegates_of(number, as_of=as_of), invitations_of(number, at=at)) for number in numbers
        ]
    return parts
