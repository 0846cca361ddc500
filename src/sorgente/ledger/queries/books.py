"""The books as a whole: trial balance, receivables by age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Sum

from sorgente.ledger.models import Entry, LedgerAccount, OpenItem


@dataclass(frozen=True, slots=True)
class TrialRow:
    code: str
    number: str
    name: str
    kind: str
    debit_cents: int
    credit_cents: int

    @property
    def balance_cents(self) -> int:
        return self.debit_cents - self.credit_cents


def trial_balance(*, on: date) -> list[TrialRow]:
    """Return debits and credits of each account up to and including a day; the sums of both sides are equal."""
    upto = Entry.objects.filter(transaction__booked_on__lte=on)
    sums = {
        account: (debit or 0, credit or 0)
        for account, debit, credit in upto.values_list("account_id").annotate(
            debit=Sum("cents", filter=Q(cents__gt=0)), credit=Sum("cents", filter=Q(cents__lt=0))
        )
    }
    return [
        TrialRow(a.code, a.number, a.name, a.kind, sums.get(a.pk, (0, 0))[0], -sums.get(a.pk, (0, 0))[1])
        for a in LedgerAccount.objects.order_by("number")
    ]


@dataclass(frozen=True, slots=True)
class Receivables:
    """What customers owe and are owed, in cents; `credits_cents` is positive."""

    open_cents: int
    overdue_cents: int
    credits_cents: int


def receivables(*, as_of: date) -> Receivables:
    """Return the sums of open items; an item is overdue from the day after its due day."""
    rest = F("cents") - F("settled_cents")
    found = OpenItem.objects.filter(~Q(settled_cents=F("cents"))).aggregate(
        open=Sum(rest, filter=Q(cents__gt=0)),
        overdue=Sum(rest, filter=Q(cents__gt=0, due_on__lt=as_of)),
        credits=Sum(rest, filter=Q(cents__lt=0)),
    )
    return Receivables(found["open"] or 0, found["overdue"] or 0, -(found["credits"] or 0))
