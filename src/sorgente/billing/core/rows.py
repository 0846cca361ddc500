"""From charges to bills: rows numbered, VAT on the sum of rows per rate, totals, and where each cent is posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sorgente.rating.vat import RATE_ONE_E4, vat_cents
from sorgente.tariffs.model import Kind, Service

Long = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """(k,) each: charges of many bills, sorted by bill and as printed; `bill` is the bill's place, 0 … n-1."""

    bill: Long
    service: Long
    kind: Long
    bracket: Long
    start: Long
    end: Long
    quantity_milli: Long
    unit_price_e8: Long
    cents: Long
    vat_e4: Long
    rule: Long
    estimated: Bools
    reverses: Long  # id of the earlier bill whose charge is taken back; 0: none

    def take(self, keep: Bools | Long) -> Rows:
        return Rows(*(getattr(self, name)[keep] for name in self.__slots__))

    def with_columns(self, **columns: Long | Bools) -> Rows:
        """Return the rows with these columns in place of their own."""
        return Rows(**{name: columns.get(name, getattr(self, name)) for name in self.__slots__})


def no_rows() -> Rows:
    """Return rows of nothing."""
    none = np.empty(0, dtype=np.int64)
    columns = {name: none for name in Rows.__slots__ if name != "estimated"}
    return Rows(**columns, estimated=np.empty(0, dtype=bool))


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of n bills and their VAT groups (g,), sorted by bill, then rate from high to low."""

    net_cents: Long
    vat_cents: Long
    group_bill: Long
    group_vat_e4: Long
    group_base_cents: Long
    group_vat_cents: Long


def join_rows(charged: Rows, taken_back: Rows) -> Rows:
    """Return both in one, sorted by bill: first what is charged, then what earlier bills charged already."""
    both = Rows(*(np.concatenate([getattr(charged, name), getattr(taken_back, name)]) for name in Rows.__slots__))
    return both.take(np.argsort(both.bill, kind="stable"))


def positions(bill: Long) -> Long:
    """Return 1, 2, 3 … within each bill; `bill` ascending."""
    if bill.size == 0:
        return bill.copy()
    first = np.flatnonzero(np.concatenate([[True], bill[1:] != bill[:-1]]))
    return np.arange(bill.size) - np.repeat(first, np.diff(np.append(first, bill.size))) + 1


def totals(rows: Rows, bills: int) -> Totals:
    """Return net and VAT of each bill; VAT is rounded once per bill and rate, half away from zero."""
    net = np.zeros(bills, dtype=np.int64)
    np.add.at(net, rows.bill, rows.cents)
    key = rows.bill * (RATE_ONE_E4 + 1) + (RATE_ONE_E4 - rows.vat_e4)
    keys, place = np.unique(key, return_inverse=True)
    base = np.zeros(keys.size, dtype=np.int64)
    np.add.at(base, place, rows.cents)
    group_bill, rate = keys // (RATE_ONE_E4 + 1), RATE_ONE_E4 - keys % (RATE_ONE_E4 + 1)
    vat = vat_cents(base, rate)
    bill_vat = np.zeros(bills, dtype=np.int64)
    np.add.at(bill_vat, group_bill, vat)
    return Totals(net, bill_vat, group_bill, rate, base, vat)


# The account of the ledger's chart a row is posted to, by service and kind.
ACCOUNTS = (
    "revenue-other", "revenue-supply", "revenue-sewerage", "revenue-purification", "revenue-fixed", "csea-components",
)  # fmt: skip
_OTHER, _SUPPLY, _SEWERAGE, _PURIFICATION, _FIXED, _CSEA = range(6)


def account_of(service: Long, kind: Long) -> Long:
    """Return the place in ACCOUNTS of each row."""
    account = np.full(service.size, _OTHER, dtype=np.int64)
    measured = (kind == Kind.VOLUME) | (kind == Kind.MINIMUM)
    account[measured & (service == Service.ACQUEDOTTO)] = _SUPPLY
    account[measured & (service == Service.SII)] = _SUPPLY
    account[measured & (service == Service.FOGNATURA)] = _SEWERAGE
    account[measured & (service == Service.DEPURAZIONE)] = _PURIFICATION
    account[kind == Kind.FIXED] = _FIXED
    account[kind == Kind.PEREQUATION] = _CSEA
    return account


def revenue_by_account(rows: Rows, bills: int, others: Mapping[int, str] | None = None) -> tuple[tuple[str, ...], Long]:
    """Return the accounts the rows are posted to, and (bills, accounts) cents: what each bill brings on each.

    others  kind -> account of the rows that no tariff made; only what is there widens the result
    """
    account = account_of(rows.service, rows.kind)
    names: tuple[str, ...] = ACCOUNTS
    for kind in np.unique(rows.kind[rows.kind > max(Kind)]).tolist():
        name = (others or {})[kind]
        names = names if name in names else (*names, name)
        account[rows.kind == kind] = names.index(name)
    sums = np.zeros(bills * len(names), dtype=np.int64)
    np.add.at(sums, rows.bill * len(names) + account, rows.cents)
    return names, sums.reshape(bills, len(names))
