"""What must always hold about contracts: their terms cover their days, each day once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class UncoveredContract:
    """A contract whose terms do not cover exactly its days; both as PostgreSQL writes ranges."""

    contract_number: str
    supplied: str
    covered: str


def uncovered_contracts() -> list[UncoveredContract]:
    """Return every contract with a supplied day without terms, or terms on a day without supply."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.number, c.supplied::text, coalesce(t.covered, '{}')::text FROM customers_supplycontract c"
            " LEFT JOIN (SELECT contract_id, range_agg(valid) AS covered FROM customers_supplyterms"
            "   WHERE replaced_at IS NULL GROUP BY contract_id) t ON t.contract_id = c.id"
            " WHERE coalesce(t.covered, '{}') <> c.supplied::datemultirange ORDER BY c.id"
        )
        return [UncoveredContract(*row) for row in cursor.fetchall()]
