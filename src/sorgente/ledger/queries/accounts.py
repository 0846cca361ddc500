"""What a contract account owes, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Min, Q, Sum

from sorgente.ledger.models import Allocation, Entry, OpenItem


@dataclass(frozen=True, slots=True)
class Item:
    """An open or settled item: positive cents are owed by the customer, negative ones are the customer's."""

    id: int
    contract_account_id: int
    reference: str
    booked_on: date
    due_on: date
    cents: int
    settled_cents: int

    @property
    def open_cents(self) -> int:
        return self.cents - self.settled_cents


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement of account, with the balance after it."""

    booked_on: date
    source: str
    kind: str
    description: str
    cents: int
    balance_cents: int


def balance_of(contract_account_id: int, *, on: date | None = None) -> int:
    """Return what the account owes in cents (negative: we owe), at the end of a day or with all that is booked."""
    entries = Entry.objects.filter(contract_account_id=contract_account_id)
    if on is not None:
        entries = entries.filter(transaction__booked_on__lte=on)
    return entries.aggregate(sum=Sum("cents"))["sum"] or 0


def balances_of(contract_account_ids: Iterable[int]) -> dict[int, int]:
    """Return contract account id -> balance in cents; accounts without entries are left out."""
    rows = Entry.objects.filter(contract_account_id__in=list(contract_account_ids))
    return dict(rows.values_list("contract_account_id").annotate(Sum("cents")))


def open_items(
    *,
    contract_account_id: int | None = None,
    references: Iterable[str] | None = None,
    due_before: date | None = None,
    receivables_only: bool = False,
) -> list[Item]:
    """Return what is not fully settled, the earliest due first.

    due_before        only items due before that day
    receivables_only  leave the customers' credits out
    """
    items = OpenItem.objects.filter(~Q(settled_cents=F("cents")))
    if contract_account_id is not None:
        items = items.filter(contract_account_id=contract_account_id)
    if references is not None:
        items = items.filter(reference__in=list(references))
    if due_before is not None:
        items = items.filter(due_on__lt=due_before)
    if receivables_only:
        items = items.filter(cents__gt=0)
    return [_item(item) for item in items.select_related("transaction").order_by("due_on", "id")]


def items_of(reference: str) -> list[Item]:
    """Return every item of a reference (a bill number), settled or not."""
    rows = OpenItem.objects.filter(reference=reference).select_related("transaction").order_by("id")
    return [_item(item) for item in rows]


def _item(item: OpenItem) -> Item:
    return Item(
        id=item.pk,
        contract_account_id=item.contract_account_id,
        reference=item.reference,
        booked_on=item.transaction.booked_on,
        due_on=item.due_on,
        cents=item.cents,
        settled_cents=item.settled_cents,
    )


def statement_of(contract_account_id: int, *, since: date | None = None) -> list[StatementLine]:
    """Return every entry of an account in the order of the days, each with the balance after it.

    since  earlier days are summed into the first balance
    """
    rows = (
        Entry.objects.filter(contract_account_id=contract_account_id)
        .order_by("transaction__booked_on", "transaction_id", "position")
        .values_list(
            "transaction__booked_on", "transaction__source", "transaction__kind", "transaction__description", "cents"
        )
    )
    lines, balance = [], 0
    for booked_on, source, kind, description, cents in rows:
        balance += cents
        if since is None or booked_on >= since:
            lines.append(StatementLine(booked_on, source, kind, description, cents, balance))
    return lines


@dataclass(frozen=True, slots=True)
class Settlement:
    """A credit used for a receivable, or taken back (negative)."""

    id: int
    receivable: str
    credit: str
    cents: int
    allocated_on: date


def settlements_of(reference: str) -> list[Settlement]:
    """Return how a bill was settled, or how a payment was used."""
    rows = (
        Allocation.objects.filter(Q(receivable__reference=reference) | Q(credit__reference=reference))
        .order_by("id")
        .values_list("id", "receivable__reference", "credit__reference", "cents", "allocated_on")
    )
    return [Settlement(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class AccountCredit:
    """What we owe a contract account over all its items, and the earliest day of an open credit of it."""

    contract_account_id: int
    cents: int
    since: date


def accounts_in_credit(contract_account_ids: Iterable[int] | None = None) -> list[AccountCredit]:
    """Return the accounts (None: all) to which we owe more than they owe us, by id."""
    credits = OpenItem.objects.filter(settled_cents__gt=F("cents"), cents__lt=0)
    if contract_account_ids is not None:
        credits = credits.filter(contract_account_id__in=list(contract_account_ids))
    since = dict(credits.order_by().values_list("contract_account_id").annotate(day=Min("transaction__booked_on")))
    still_open = OpenItem.objects.filter(~Q(settled_cents=F("cents")), contract_account_id__in=list(since))
    rest = still_open.order_by().values_list("contract_account_id").annotate(rest=Sum(F("cents") - F("settled_cents")))
    return [AccountCredit(account, -cents, since[account]) for account, cents in sorted(rest) if cents < 0]
