from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.queries.accounts import items_of, settlements_of
from sorgente.ledger.usecases.allocate import allocate, undo_allocation
from sorgente.ledger.usecases.post_transaction import post_transaction
from sorgente.payments.core.return_reasons import suspends_mandate
from sorgente.payments.models import Collection, DebtPosition, Mandate, Payment


@transaction.atomic
def return_collection(
    *,
    collection: Collection,
    payment_id: int,
    fingerprint: str,
    cents: int,
    reason: str,
    booked_on: date,
    recorded_at: datetime,
) -> int:
    """Take back a direct debit that the bank returned; the bill is owed again from its first due date.

    payment_id  the payment that records the return; what it owes stands under "payment <id>"
    cents       taken from our account, the bank's fee included where it was netted
    returns     the ledger transaction

        bill ──settled by── payment 7         the settlement is undone, so the bill is open as before;
        payment 9 (return) ──settled by── payment 7   the money that came and went settles itself
    """
    bill = collection.bill
    fee = cents - collection.cents
    lines: list[Line | CustomerLine] = [Line("bank", -cents)]
    collected = Payment.objects.filter(
        bill_id=bill.pk, kind=Payment.Kind.SDD, references__end_to_end_id=collection.end_to_end_id
    ).first()
    if collection.state == Collection.State.SETTLED and collected is not None:
        lines.append(CustomerLine(bill.contract_account_id, collection.cents, f"payment {payment_id}", booked_on))
    else:
        # Returned before its credit was booked: the credit of the batch, still to come, makes up for it.
        lines.append(Line("sdd-clearing", collection.cents))
    if fee:
        lines.append(Line("bank-fees", fee))
    posted = post_transaction(
        source=f"payment:{fingerprint}",
        kind="sdd-return",
        booked_on=booked_on,
        recorded_at=recorded_at,
        description=f"Insoluto {reason} bolletta {bill.number}".replace("  ", " "),
        lines=lines,
    )
    if collection.state == Collection.State.SETTLED and collected is not None:
        _reopen(bill.number, f"payment {collected.pk}", f"payment {payment_id}", booked_on)
    collection.state = Collection.State.RETURNED
    collection.return_reason = reason[:4]
    collection.save(update_fields=["state", "return_reason"])
    DebtPosition.objects.filter(bill_id=bill.pk, state=DebtPosition.State.CLOSED).update(state=DebtPosition.State.OPEN)
    if suspends_mandate(reason):
        Mandate.objects.filter(pk=collection.mandate_id, state=Mandate.State.ACTIVE).update(
            state=Mandate.State.SUSPENDED
        )
    return posted.pk


def _reopen(bill: str, came: str, went: str, day: date) -> None:
    undone: set[tuple[str, int]] = set()
    settlements = settlements_of(came)
    for settlement in settlements:
        if settlement.cents < 0:
            undone.add((settlement.receivable, -settlement.cents))
    for settlement in settlements:
        if settlement.cents > 0 and (settlement.receivable, settlement.cents) not in undone:
            undo_allocation(allocation_id=settlement.id, undone_on=day)
    (given_back,) = items_of(went)
    (credit,) = items_of(came)
    allocate(
        receivable_id=given_back.id,
        credit_id=credit.id,
        cents=min(given_back.cents, -credit.open_cents),
        allocated_on=day,
    )
