from __future__ import annotations

from datetime import date

from django.db import transaction

from sorgente.ledger.models import Allocation, OpenItem
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import euro


class AllocationDoesNotFit(SorgenteError):
    code = "ledger.allocation.does-not-fit"


class AllocationUndoneAlready(SorgenteError):
    code = "ledger.allocation.undone-already"


@transaction.atomic
def allocate(*, receivable_id: int, credit_id: int, cents: int, allocated_on: date) -> Allocation:
    """Settle so many cents of a receivable with a credit of the same contract account.

    cents   > 0, at most what is open on both
    raises  AllocationDoesNotFit
    """
    items = {i.pk: i for i in OpenItem.objects.select_for_update().filter(pk__in=[receivable_id, credit_id])}
    receivable, credit = items[receivable_id], items[credit_id]
    if receivable.cents < 0 or credit.cents > 0 or receivable.contract_account_id != credit.contract_account_id:
        raise AllocationDoesNotFit(
            f"Items {receivable.reference} and {credit.reference}",
            "They are not a receivable and a credit of one contract account.",
            "Choose a credit of the account that owes.",
        )
    open_cents = min(receivable.cents - receivable.settled_cents, credit.settled_cents - credit.cents)
    if not 0 < cents <= open_cents:
        raise AllocationDoesNotFit(
            f"Items {receivable.reference} and {credit.reference}",
            f"{euro(cents)} asked, {euro(open_cents)} open on both.",
            "Give an amount above zero and at most what is open.",
        )
    return Allocation.objects.create(
        receivable_id=receivable_id, credit_id=credit_id, cents=cents, allocated_on=allocated_on
    )


@transaction.atomic
def undo_allocation(*, allocation_id: int, undone_on: date) -> Allocation:
    """Take an allocation back by a second, negative one; both stay in the books.

    raises  AllocationUndoneAlready
    """
    wrong = Allocation.objects.select_for_update().select_related("receivable").get(pk=allocation_id)
    if wrong.undoes_id is not None or Allocation.objects.filter(undoes=wrong).exists():
        raise AllocationUndoneAlready(
            f"Allocation {wrong.pk} on {wrong.receivable.reference}",
            "It was undone before, or it undoes another.",
            "Allocate anew instead.",
        )
    return Allocation.objects.create(
        receivable_id=wrong.receivable_id,
        credit_id=wrong.credit_id,
        cents=-wrong.cents,
        allocated_on=undone_on,
        undoes=wrong,
    )


@transaction.atomic
def allocate_credits(*, contract_account_id: int, allocated_on: date) -> list[Allocation]:
    """Settle an account's open receivables with its open credits, the earliest due first; returns what was made."""
    items = list(
        OpenItem.objects.select_for_update().filter(contract_account_id=contract_account_id).order_by("due_on", "id")
    )
    credits = [i for i in items if i.cents < i.settled_cents]
    made = []
    for receivable in (i for i in items if i.cents > i.settled_cents):
        for credit in credits:
            cents = min(receivable.cents - receivable.settled_cents, credit.settled_cents - credit.cents)
            if cents > 0:
                made.append(Allocation(receivable=receivable, credit=credit, cents=cents, allocated_on=allocated_on))
                receivable.settled_cents += cents
                credit.settled_cents -= cents
    return Allocation.objects.bulk_create(made)
