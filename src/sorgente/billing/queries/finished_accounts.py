"""Accounts with nothing more to bill, for who pays back what is left on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

_FINISHED = """
SELECT a.id FROM unnest(%s::int8[]) AS a (id)
 WHERE NOT EXISTS (
       SELECT FROM customers_supplycontract c
        WHERE c.contract_account_id = a.id
          AND (upper(c.supplied) IS NULL OR upper(c.supplied) > %s
               OR upper(c.supplied) > coalesce((SELECT max(b."end") FROM billing_billedconsumption b
                                                 WHERE b.contract_id = c.id AND b.superseded_by_id IS NULL),
                                               lower(c.supplied))
               OR EXISTS (SELECT FROM billing_oneoff o WHERE o.contract_id = c.id AND o.state = 'pending')))
   AND EXISTS (SELECT FROM customers_supplycontract c WHERE c.contract_account_id = a.id)
"""


def finished_accounts(contract_account_ids: Iterable[int], *, on: date) -> set[int]:
    """Return those of the accounts whose supplies have all ended by a day and are billed, with nothing that waits."""
    with connection.cursor() as cursor:
        cursor.execute(_FINISHED, [list(contract_account_ids), on])
        return {row[0] for row in cursor.fetchall()}
