"""The security deposit: how much, in which instalments, who is free of it, and what interest it bears (CON-07)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from sorgente.shared.money import divide_half_up, milli_from_units, price_e8_from_euro
from sorgente.tariffs.rules import Rules

_ONE_E8 = 100_000_000
_INTEREST_DAYS = 365


@dataclass(frozen=True, slots=True)
class DepositTerms:
    """rules/billing/deposit/terms.yaml; shares in hundred-millionths, water in thousandths of m³."""

    months: int
    first_share_e8: int
    rest_bills: int
    condominium_share_e8: int
    direct_debit_up_to_milli: int
    free_with_bonus: bool
    refund_days: int


@dataclass(frozen=True, slots=True)
class Held:
    """Money of a deposit in our hands from a day on; since is None while its bill is not paid."""

    cents: int
    since: date | None


def deposit_terms(rules: Rules, *, on: date) -> DepositTerms:
    """Return the terms in force on a day; raises NoValue."""
    said = rules.entry("arera.billing.deposit", on=on).fields
    return DepositTerms(
        months=int(said["months"]),
        first_share_e8=price_e8_from_euro(said["first_share"], what="first_share"),
        rest_bills=int(said["rest_bills"]),
        condominium_share_e8=price_e8_from_euro(said["condominium_share"], what="condominium_share"),
        direct_debit_up_to_milli=milli_from_units(said["direct_debit_up_to_m3"], what="direct_debit_up_to_m3"),
        free_with_bonus=bool(said["free_with_bonus"]),
        refund_days=int(said["refund_days"]),
    )


def required_cents(yearly_cents: int, terms: DepositTerms, *, units: int) -> int:
    """Return the deposit: so many months of the yearly charges, of a condominium a share; never a cent above.

    yearly_cents  the charges expected in a year, of all units together
    units         served; above one it is a condominium
    """
    share = _ONE_E8 if units <= 1 else terms.condominium_share_e8
    return yearly_cents * terms.months * share // (12 * _ONE_E8)


def instalments(cents: int, terms: DepositTerms) -> list[int]:
    """Return what each bill asks: the first share, then the rest in equal parts; they add up, none is zero."""
    first = divide_half_up(cents * terms.first_share_e8, _ONE_E8)
    rest, bills = cents - first, terms.rest_bills
    edges = [divide_half_up(rest * at, bills) for at in range(bills + 1)]
    parts = [first, *(after - before for before, after in pairwise(edges))]
    return [part for part in parts if part]


def waiver(terms: DepositTerms, *, by_direct_debit: bool, yearly_milli: int | None, bonus: bool) -> str:
    """Return why no deposit is due (direct_debit, bonus), empty where it is; an unknown Ca waives nothing."""
    if bonus and terms.free_with_bonus:
        return "bonus"
    if by_direct_debit and yearly_milli is not None and yearly_milli <= terms.direct_debit_up_to_milli:
        return "direct_debit"
    return ""


def rates_of(rules: Rules) -> list[tuple[date, int]]:
    """Return the legal interest as (first day, yearly rate in hundred-millionths), by day."""
    history = rules.rule("law.legal_interest").history()
    return sorted((entry.start, price_e8_from_euro(entry.value, what="legal interest")) for entry in history)


def interest_cents(pieces: Iterable[Held], *, until: date, rates: Sequence[tuple[date, int]]) -> int:
    """Return the simple interest on what was held, to a day excluded, rounded once half up.

    Days before the first rate bear none; every day counts as 1/365, in a leap year too.
    75.00 from 2025-07-01 to 2026-07-01: 75 x 2 % x 184/365 + 75 x 1.6 % x 181/365 = 1.35.
    """
    total = Fraction(0)
    ends = [*(start for start, _ in rates[1:]), date.max]
    for piece in pieces:
        if piece.since is None:
            continue
        for (start, rate_e8), end in zip(rates, ends, strict=True):
            days = (min(end, until) - max(start, piece.since)).days
            if days > 0:
                total += Fraction(piece.cents * rate_e8 * days, _ONE_E8 * _INTEREST_DAYS)
    return divide_half_up(total.numerator, total.denominator)
