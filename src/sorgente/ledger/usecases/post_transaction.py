from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from sorgente.ledger.core.posting import CustomerLine, Line, check_lines
from sorgente.ledger.models import Entry, LedgerAccount, OpenItem, Transaction
from sorgente.shared.errors import SorgenteError


class AccountUnknown(SorgenteError):
    code = "ledger.account.unknown"


class SourceUsedDifferently(SorgenteError):
    code = "ledger.transaction.source-used-differently"


@transaction.atomic
def post_transaction(
    *,
    source: str,
    kind: str,
    booked_on: date,
    recorded_at: datetime,
    description: str,
    lines: Sequence[Line | CustomerLine],
    reverses: Transaction | None = None,
) -> Transaction:
    """Record what happened, in balance, with an open item for each customer line.

    source   what it comes from; the same source with the same content again returns the transaction already there
    raises   NotBalanced, LineMalformed, AccountUnknown, SourceUsedDifferently
    """
    check_lines(source, lines)
    existing = Transaction.objects.filter(source=source).first()
    if existing is not None:
        _refuse_other_content(existing, kind=kind, booked_on=booked_on, lines=lines)
        return existing
    accounts = _account_ids({line.account for line in lines})
    made = Transaction.objects.create(
        source=source, kind=kind, booked_on=booked_on, description=description[:200], reverses=reverses,
        recorded_at=recorded_at,
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(
            transaction=made,
            position=position,
            account_id=accounts[line.account],
            contract_account_id=line.contract_account_id if isinstance(line, CustomerLine) else None,
            cents=line.cents,
        )
        for position, line in enumerate(lines, start=1)
    )
    OpenItem.objects.bulk_create(
        OpenItem(
            transaction=made,
            position=position,
            contract_account_id=line.contract_account_id,
            reference=line.reference,
            due_on=line.due_on,
            cents=line.cents,
        )
        for position, line in enumerate(lines, start=1)
        if isinstance(line, CustomerLine)
    )
    return made


def _account_ids(codes: set[str]) -> dict[str, int]:
    found = dict(LedgerAccount.objects.filter(code__in=codes).values_list("code", "id"))
    missing = sorted(codes - set(found))
    if missing:
        raise AccountUnknown(
            f"Ledger account {missing[0]}",
            "The chart of accounts does not have it.",
            "Add it to rules/ledger/accounts.yaml and migrate.",
        )
    return found


def _refuse_other_content(
    existing: Transaction, *, kind: str, booked_on: date, lines: Sequence[Line | CustomerLine]
) -> None:
    there = [(e.account.code, e.contract_account_id, e.cents) for e in existing.entries.select_related("account")]
    given = [(x.account, x.contract_account_id if isinstance(x, CustomerLine) else None, x.cents) for x in lines]
    for field, old, new in (
        ("kind", existing.kind, kind),
        ("booked_on", existing.booked_on, booked_on),
        ("lines", sorted(there, key=repr), sorted(given, key=repr)),
    ):
        if old != new:
            raise SourceUsedDifferently(
                f"Transaction {existing.source}",
                f"It is already in the ledger with another {field}: {old}, now {new}.",
                "Reverse the transaction that is there, or give the new one its own source.",
            )
