from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.models import Allocation, OpenItem, Transaction
from sorgente.ledger.usecases.post_transaction import post_transaction
from sorgente.shared.errors import SorgenteError


class ReversedAlready(SorgenteError):
    code = "ledger.transaction.reversed-already"


class ItemsSettled(SorgenteError):
    code = "ledger.transaction.items-settled"


@transaction.atomic
def reverse_transaction(*, transaction_id: int, booked_on: date, recorded_at: datetime, reason: str) -> Transaction:
    """Add the mirror of a transaction and settle the open items of both against each other.

    raises  ReversedAlready, ItemsSettled (undo the allocations first)
    """
    wrong = Transaction.objects.select_for_update().get(pk=transaction_id)
    if wrong.reverses_id is not None or Transaction.objects.filter(reverses=wrong).exists():
        raise ReversedAlready(
            f"Transaction {wrong.source}", "It was reversed before, or it reverses another.", "Post a new transaction."
        )
    items = {item.position: item for item in wrong.open_items.select_for_update()}
    settled = next((item for item in items.values() if item.settled_cents), None)
    if settled is not None:
        raise ItemsSettled(
            f"Transaction {wrong.source}", f"Its item {settled.reference} is settled.", "Undo the allocations first."
        )
    lines: list[Line | CustomerLine] = []
    for entry in wrong.entries.select_related("account").order_by("position"):
        item = items.get(entry.position)
        if item is None:
            lines.append(Line(entry.account.code, -entry.cents))
        else:
            lines.append(CustomerLine(item.contract_account_id, -entry.cents, item.reference, booked_on))
    mirror = post_transaction(
        source=f"reverse:{wrong.source}",
        kind="reversal",
        booked_on=booked_on,
        recorded_at=recorded_at,
        description=reason,
        lines=lines,
        reverses=wrong,
    )
    made = {item.position: item for item in OpenItem.objects.filter(transaction=mirror)}
    for position, item in items.items():
        # The mirror keeps the order of its entries, so positions match from 1 on.
        other = made[position]
        receivable, credit = (item, other) if item.cents > 0 else (other, item)
        Allocation.objects.create(receivable=receivable, credit=credit, cents=receivable.cents, allocated_on=booked_on)
    return mirror
