"""A3, customers' part: the terms of a contract cover its days, each day once; what has no terms cannot be billed."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from sorgente.shared.audit import Problem, asked

_UNCOVERED = """
SELECT c.number, c.supplied::text, coalesce(t.covered, '{}')::text FROM customers_supplycontract c
  LEFT JOIN (SELECT contract_id, range_agg(valid) AS covered FROM customers_supplyterms
              WHERE replaced_at IS NULL GROUP BY contract_id) t ON t.contract_id = c.id
 WHERE coalesce(t.covered, '{}') <> c.supplied::datemultirange ORDER BY c.id
"""


def problems() -> Iterator[Problem]:
    """Yield every contract with a supplied day without terms, or terms on a day without supply."""
    yield from asked(
        connection,
        _UNCOVERED,
        lambda number, supplied, covered: Problem(
            "A3", f"Contract {number}", f"Supplied {supplied}, but its terms cover {covered}."
        ),
    )
