"""The ledger as a beancount journal, one line at a time, so that any size fits in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Max, Min, Sum

from sorgente.ledger.models import Entry, LedgerAccount, Transaction
from sorgente.shared.money import euro_xml

_ROOT = {"asset": "Assets", "liability": "Liabilities", "income": "Income", "expense": "Expenses"}
_ROWS_A_FETCH = 5_000


def journal(*, through: date | None = None) -> Iterator[str]:
    """Yield the lines of a beancount journal of everything booked up to and including a day.

    It ends with a `balance` line for each account, taken from the table on another way, so that bean-check
    proves the sums as well as the syntax.
    """
    booked = Transaction.objects.all() if through is None else Transaction.objects.filter(booked_on__lte=through)
    days = booked.aggregate(first=Min("booked_on"), latest=Max("booked_on"))
    if days["first"] is None:
        return
    accounts = {a.pk: a for a in LedgerAccount.objects.order_by("number")}
    names = {key: account_name(a.kind, a.code) for key, a in accounts.items()}
    yield 'option "title" "Sorgente"\n'
    yield 'option "operating_currency" "EUR"\n\n'
    for key, account in accounts.items():
        yield f"{days['first']} open {names[key]} EUR\n"
        yield f'  number: "{account.number}"\n  title: {_quoted(account.name)}\n'
    entries = Entry.objects.filter(transaction__in=booked) if through is not None else Entry.objects.all()
    rows = (
        entries.order_by("transaction__booked_on", "transaction_id", "position")
        .values_list(
            "transaction_id", "transaction__booked_on", "transaction__source", "transaction__kind",
            "transaction__description", "account_id", "contract_account__number", "cents",
        )
        .iterator(chunk_size=_ROWS_A_FETCH)
    )  # fmt: skip
    current = None
    for identity, booked_on, source, kind, description, account_id, customer, cents in rows:
        if identity != current:
            current = identity
            yield f"\n{booked_on} * {_quoted(description)} #{kind.replace('_', '-')}\n  source: {_quoted(source)}\n"
        yield f"  {names[account_id]}  {euro_xml(cents)} EUR\n"
        if customer is not None:
            yield f"    contract_account: {_quoted(customer)}\n"
    yield "\n"
    sums = dict(entries.order_by().values_list("account_id").annotate(Sum("cents")))
    for key, name in names.items():
        yield f"{days['latest'] + timedelta(days=1)} balance {name}  {euro_xml(sums.get(key, 0))} EUR\n"


def account_name(kind: str, code: str) -> str:
    """Return the account as beancount spells it: `revenue-supply`, income -> Income:Revenue-Supply."""
    return f"{_ROOT[kind]}:{'-'.join(word.capitalize() for word in code.split('-'))}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
