from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from sorgente.ledger.queries.accounts import items_of, open_items
from sorgente.ledger.usecases.allocate import allocate
from sorgente.payments.models import DebtPosition


@transaction.atomic
def settle_bills(*, payment_id: int, bills: Sequence[str], settled_on: date) -> int:
    """Settle bills with the credits of a booked payment; returns the cents that were used.

    What is left over stays open as the customer's credit: a bill paid twice becomes money we owe. The pagoPA
    position of a bill that is settled in full is closed, so that it cannot be paid again.
    """
    credits = [item for item in items_of(f"payment {payment_id}") if item.open_cents < 0]
    left = {item.id: -item.open_cents for item in credits}
    used = 0
    for item in open_items(references=bills, receivables_only=True):
        owed = item.open_cents
        for credit in credits:
            cents = min(owed, left[credit.id])
            if cents > 0 and credit.contract_account_id == item.contract_account_id:
                allocate(receivable_id=item.id, credit_id=credit.id, cents=cents, allocated_on=settled_on)
                owed -= cents
                left[credit.id] -= cents
                used += cents
    still_open = {item.reference for item in open_items(references=bills, receivables_only=True)}
    DebtPosition.objects.filter(
        bill__number__in=[bill for bill in bills if bill not in still_open], state=DebtPosition.State.OPEN
    ).update(state=DebtPosition.State.CLOSED)
    return used
