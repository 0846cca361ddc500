"""The little that deposits and one-off rows ask of a contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from sorgente.shared.errors import SorgenteError

_FACTS = """
SELECT c.id, c.number, a.id, a.number, a.payment_method, lower(c.supplied), upper(c.supplied), coalesce(t.bonus, false),
       coalesce(t.units, 1), coalesce(t.category, ''), (
       SELECT quantity_milli FROM metering_annualconsumption m
        WHERE m.service_point_id = c.service_point_id AND m.year <= extract(year FROM %(on)s::date)
        ORDER BY year DESC LIMIT 1)
  FROM customers_supplycontract c
  JOIN customers_contractaccount a ON a.id = c.contract_account_id
  LEFT JOIN LATERAL (
       SELECT bonus, units, category FROM customers_supplyterms
        WHERE contract_id = c.id AND replaced_at IS NULL AND lower(valid) <= greatest(%(on)s::date, lower(c.supplied))
        ORDER BY valid DESC LIMIT 1) t ON true
 WHERE c.number = %(number)s
"""


class UnknownContract(SorgenteError):
    code = "billing.contract.unknown"


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract with its account and its terms of a day; yearly_milli is the Ca, None where none is known."""

    id: int
    number: str
    account_id: int
    account_number: str
    payment_method: str
    supplied_from: date
    supplied_until: date | None
    bonus: bool
    units: int
    category: str
    yearly_milli: int | None


def contract_facts(number: str, *, on: date = date.max) -> ContractFacts:
    """Return the facts of a contract, its terms and Ca as of a day; raises UnknownContract."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"number": number, "on": min(on, date(9999, 12, 30))})
        row = cursor.fetchone()
    if row is None:
        raise UnknownContract(f"Contract {number}", "There is none.", "Check the number.")
    return ContractFacts(*row)
