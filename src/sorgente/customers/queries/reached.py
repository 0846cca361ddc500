"""Where customers are supplied and how they are reached: what a notice needs to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

_SUPPLIED = """
SELECT a.holder_id, a.number, c.number, c.service_point_id,
       trim(s.street || ' ' || s.house_number) || ', ' || s.municipality
  FROM customers_contractaccount a
  JOIN customers_supplycontract c ON c.contract_account_id = a.id
  JOIN customers_servicepoint p ON p.id = c.service_point_id
  JOIN customers_address s ON s.id = p.address_id
 WHERE c.supplied @> %(on)s::date AND {whose}
"""
_REACHED = """
SELECT p.id, p.name, p.language,
       coalesce((SELECT k.value FROM customers_contactpoint k WHERE k.party_id = p.id AND k.kind = 'email'
                  ORDER BY k.preferred DESC, k.id LIMIT 1), ''),
       coalesce((SELECT k.value FROM customers_contactpoint k WHERE k.party_id = p.id AND k.kind = 'mobile'
                  ORDER BY k.preferred DESC, k.id LIMIT 1), '')
  FROM customers_party p WHERE p.id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Supplied:
    """One supply of a party on a day."""

    party_id: int
    account_number: str
    contract_number: str
    service_point_id: int
    place: str


@dataclass(frozen=True, slots=True)
class Reached:
    """How a party is reached; empty where it is not known."""

    party_id: int
    name: str
    language: str
    email: str
    mobile: str


def supplies_of_parties(party_ids: Sequence[int], *, on: date) -> list[Supplied]:
    """Return the supplies that these parties hold on a day."""
    return _supplies("a.holder_id = ANY(%(ids)s)", party_ids, on)


def supplies_of_points(service_point_ids: Sequence[int], *, on: date) -> list[Supplied]:
    """Return who is supplied at these points on a day."""
    return _supplies("c.service_point_id = ANY(%(ids)s)", service_point_ids, on)


def reached(party_ids: Sequence[int]) -> dict[int, Reached]:
    """Return party id -> how it is reached: the preferred e-mail and mobile, else the oldest."""
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, {"ids": list(party_ids)})
        return {row[0]: Reached(*row) for row in cursor.fetchall()}


def _supplies(whose: str, ids: Sequence[int], on: date) -> list[Supplied]:
    with connection.cursor() as cursor:
        cursor.execute(_SUPPLIED.format(whose=whose), {"ids": list(ids), "on": on})
        return [Supplied(*row) for row in cursor.fetchall()]
