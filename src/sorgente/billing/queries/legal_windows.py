"""Bills outside their legal windows: too long after their period, too close together, too soon due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from sorgente.tariffs.rules import Rule, rules

_NO_PERIOD = "('credit_note', 'correction', 'one_off')"
_LATE = f"""
SELECT number, issued_on, issued_on - "end" + 1 FROM billing_bill
 WHERE issued_on >= %(start)s AND issued_on < %(end)s AND kind NOT IN {_NO_PERIOD} AND issued_on - "end" + 1 > %(most)s
 ORDER BY id
"""
_SHORT = """
SELECT number, issued_on, due_on FROM billing_bill
 WHERE issued_on >= %(start)s AND issued_on < %(end)s AND kind <> 'credit_note' AND to_pay_cents > 0
   AND due_on - issued_on < %(least)s ORDER BY id
"""
# How many in a calendar year, without the closing bill, which comes when the supply ends.
_CLOSE = f"""
SELECT c.number, b.bills, b.earliest, b.latest FROM (
       SELECT contract_id, count(*) AS bills, min(issued_on) AS earliest, max(issued_on) AS latest FROM billing_bill
        WHERE issued_on >= %(start)s AND issued_on < %(end)s AND kind NOT IN {_NO_PERIOD} AND kind <> 'closing'
        GROUP BY contract_id HAVING count(*) > %(most)s) b
  JOIN customers_supplycontract c ON c.id = b.contract_id ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class LateBill:
    bill_number: str
    issued_on: date
    days: int
    most_days: int


@dataclass(frozen=True, slots=True)
class ShortTerm:
    bill_number: str
    issued_on: date
    due_on: date
    least_days: int


@dataclass(frozen=True, slots=True)
class CloseBills:
    contract_number: str
    bills: int
    earliest_on: date
    latest_on: date
    most: int


def late_bills() -> Iterator[LateBill]:
    """Yield the bills issued later after their period than arera.billing.issue_time_days allows."""
    for start, end, most in _values(rules().rule("arera.billing.issue_time_days")):
        for number, issued_on, days in _rows(_LATE, start=start, end=end, most=most):
            yield LateBill(number, issued_on, days, most)


def short_terms() -> Iterator[ShortTerm]:
    """Yield the bills with something to pay that fall due sooner than arera.billing.payment_term_days allows."""
    for start, end, least in _values(rules().rule("arera.billing.payment_term_days")):
        for number, issued_on, due_on in _rows(_SHORT, start=start, end=end, least=least):
            yield ShortTerm(number, issued_on, due_on, least)


def close_bills() -> Iterator[CloseBills]:
    """Yield the contracts with more bills in a calendar year than arera.billing.most_bills_per_year allows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(issued_on), max(issued_on) FROM billing_bill")
        first, latest = cursor.fetchone()
    if first is None:
        return
    for year in range(first.year, latest.year + 1):
        day = date(year, 12, 31)
        most = int(rules().value("arera.billing.most_bills_per_year", on=day))
        found = _rows(_CLOSE, start=date(year, 1, 1), end=date(year + 1, 1, 1), most=most)
        for number, bills, earliest_on, latest_on in found:
            yield CloseBills(number, bills, earliest_on, latest_on, most)


def _values(rule: Rule) -> list[tuple[date, date, int]]:
    """Return each value of a rule with the days it is in force, [start, end)."""
    entries = [entry for entry in rule.history() if entry.value is not None]
    ends = [*(entry.start for entry in entries[1:]), date.max]
    return [(entry.start, end, int(entry.value)) for entry, end in zip(entries, ends, strict=True)]


def _rows(sql: str, **asked: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()
