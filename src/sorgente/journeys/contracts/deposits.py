"""The deposit a new contract is asked for, told before there is a contract: what billing will then ask."""

from __future__ import annotations

from datetime import date

from sorgente.billing.core.deposits import deposit_terms, instalments, required_cents, waiver
from sorgente.tariffs.rules import rules


def deposit_asked(
    *, yearly_cents: int, units: int, by_direct_debit: bool, yearly_milli: int, on: date, bonus: bool = False
) -> list[int]:
    """Return the shares in cents, the first with the first bill; empty where direct debit or the bonus frees of it.

    source  rules/billing/deposit (86/2013/R/idr)
    """
    terms = deposit_terms(rules(), on=on)
    if waiver(terms, by_direct_debit=by_direct_debit, yearly_milli=yearly_milli, bonus=bonus):
        return []
    cents = required_cents(yearly_cents, terms, units=units)
    return instalments(cents, terms) if cents else []
