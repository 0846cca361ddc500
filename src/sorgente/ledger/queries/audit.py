"""A1: every ledger transaction balances, nothing was changed, items and entries tell the same story."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from sorgente.shared.audit import Problem, asked
from sorgente.shared.money import euro

_TRIGGERS = {
    "ledger_transaction": {"ledger_transaction_append_only", "ledger_transaction_balances"},
    "ledger_entry": {"ledger_entry_append_only", "ledger_entry_check"},
    "ledger_allocation": {"ledger_allocation_append_only", "ledger_allocation_settles"},
    "ledger_openitem": {"ledger_openitem_append_only", "ledger_openitem_no_delete", "ledger_openitem_check"},
}


def problems() -> Iterator[Problem]:
    """Yield every offender of A1."""
    yield from _missing_guards()
    yield from asked(
        connection,
        "SELECT t.source, coalesce(e.lines, 0), coalesce(e.cents, 0) FROM ledger_transaction t"
        " LEFT JOIN (SELECT transaction_id, count(*) AS lines, sum(cents) AS cents FROM ledger_entry GROUP BY 1) e"
        " ON e.transaction_id = t.id WHERE coalesce(e.lines, 0) < 2 OR e.cents <> 0 ORDER BY t.id",
        lambda source, lines, cents: Problem(
            "A1", f"Transaction {source}", f"Its {lines} entries sum to {euro(int(cents))}."
        ),
    )
    yield from asked(
        connection,
        "SELECT e.transaction_id, e.position FROM ledger_entry e LEFT JOIN ledger_transaction t"
        " ON t.id = e.transaction_id WHERE t.id IS NULL ORDER BY 1, 2",
        lambda transaction, position: Problem(
            "A1", f"Entry {transaction}/{position}", "Its transaction is not in the ledger."
        ),
    )
    yield from asked(
        connection,
        "SELECT coalesce(t.source, '?'), coalesce(e.cents, 0), coalesce(o.cents, 0)"
        " FROM (SELECT * FROM ledger_entry WHERE contract_account_id IS NOT NULL) e"
        " FULL JOIN ledger_openitem o ON (o.transaction_id, o.position) = (e.transaction_id, e.position)"
        " LEFT JOIN ledger_transaction t ON t.id = coalesce(e.transaction_id, o.transaction_id)"
        " WHERE e.cents IS DISTINCT FROM o.cents OR e.contract_account_id IS DISTINCT FROM o.contract_account_id"
        " ORDER BY 1",
        lambda source, entry, item: Problem(
            "A1", f"Transaction {source}", f"Its customer entry is {euro(entry)}, its open item {euro(item)}."
        ),
    )
    yield from asked(
        connection,
        "SELECT o.reference, o.settled_cents, coalesce(a.cents, 0) FROM ledger_openitem o LEFT JOIN ("
        "  SELECT id, sum(cents) AS cents FROM (SELECT receivable_id AS id, cents FROM ledger_allocation"
        "  UNION ALL SELECT credit_id, -cents FROM ledger_allocation) x GROUP BY id) a ON a.id = o.id"
        " WHERE o.settled_cents <> coalesce(a.cents, 0) ORDER BY o.id",
        lambda reference, settled, allocated: Problem(
            "A1",
            f"Item {reference}",
            f"It says {euro(settled)} settled; its allocations sum to {euro(int(allocated))}.",
        ),
    )


def _missing_guards() -> Iterator[Problem]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE tgenabled IN ('O', 'A') AND tgname LIKE 'ledger_%'"
        )
        there = set(cursor.fetchall())
    for table, names in _TRIGGERS.items():
        for name in sorted(names):
            if (table, name) not in there:
                yield Problem("A1", f"Table {table}", f"Its guard {name} is missing or switched off.")
