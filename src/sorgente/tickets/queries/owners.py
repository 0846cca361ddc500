"""Whose the codes of a message are: customers', meters' and bills' own numbers, looked up exactly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.queries.find import parties_of_points
from sorgente.customers.queries.identify import owners_of_codes, parties_with_address
from sorgente.metering.queries.point_meters import points_with_serial
from sorgente.tickets.core.match import CODE_TYPES, Match, Owner, match
from sorgente.tickets.core.message import Entity

_MOST = 20  # codes of one message that are looked up; a list of a hundred meters is for a person


def customer_of(*, address: str, entities: Iterable[Entity], on: date) -> Match:
    """Return the customer of a message from the address it came from and the codes in its own words.

    address   where it came from; empty when that says nothing (a telephone call)
    entities  codes in quotes are left out: they are of the conversation, not of the sender
    """
    codes = [one for one in entities if one.type in CODE_TYPES and one.valid and not one.in_quote][:_MOST]
    return match(by_address=parties_with_address(address), owners=_owners(codes, on))


def _owners(codes: list[Entity], on: date) -> list[Owner]:
    found = [
        Owner(one.code, one.party_id, one.account_number, one.contract_number)
        for one in owners_of_codes(code.normalized for code in codes)
    ]
    serials = {code.normalized.upper() for code in codes if code.type == "MATRICOLA_CONTATORE"}
    for serial in serials:
        points = [point for point, known in points_with_serial(serial).items() if known.upper() == serial]
        found += [Owner(serial, party) for party in parties_of_points(points).values()]
    numbers = [code.normalized for code in codes if code.type == "NUMERO_FATTURA"]
    if numbers:
        found += [
            Owner(bill["number"], bill["holder_id"], bill["account"]) for bill in list_bills(as_of=on, numbers=numbers)
        ]
    return found
