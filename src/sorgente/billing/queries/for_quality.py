"""What the standards on billing are measured by: S23, days from the period to the bill; S24, bills in a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection

from sorgente.billing.core.frequency import bills_a_year
from sorgente.shared.columns import read_arrow
from sorgente.tariffs.rules import Rules, rules

# A credit note and what follows from it put right an earlier bill; a bill of other rows has no period.
_NO_PERIOD = "('credit_note', 'correction', 'one_off')"

_BILLS = f"""
SELECT b.number AS bill_number, c.number AS contract_number, a.number AS account_number, p.code AS point_code,
       b.start, b."end", b.issued_on, b.kind = 'closing' AS is_closing,
       b.kind IN ('actual', 'mixed', 'closing') AS has_measure, b.to_pay_cents,
       (b.issued_on - b."end" + 1)::int4 AS days
  FROM billing_bill b
  JOIN customers_supplycontract c ON c.id = b.contract_id
  JOIN customers_contractaccount a ON a.id = b.contract_account_id
  JOIN customers_servicepoint p ON p.id = c.service_point_id
 WHERE b.issued_on >= %(start)s AND b.issued_on < %(end)s AND b.kind NOT IN {_NO_PERIOD} ORDER BY b.id
"""
# Contracts supplied on every day of the year: fewer days owe no fixed number of bills.
_YEAR = f"""
SELECT c.number AS contract_number, a.number AS account_number, coalesce(bills.count, 0)::int4 AS bills,
       coalesce(ca.mean, -1)::int8 AS reference_milli, coalesce(t.units, 1)::int8 AS units
  FROM customers_supplycontract c
  JOIN customers_contractaccount a ON a.id = c.contract_account_id
  JOIN customers_servicepoint p ON p.id = c.service_point_id AND p.commodity = 'water'
  LEFT JOIN LATERAL (
       SELECT count(*) FROM billing_bill b
        WHERE b.contract_id = c.id AND b.issued_on >= %(start)s AND b.issued_on < %(end)s
          AND b.kind NOT IN {_NO_PERIOD}) bills ON true
  LEFT JOIN LATERAL (
       SELECT (sum(quantity_milli) / count(*))::int8 AS mean FROM (
              SELECT quantity_milli FROM metering_annualconsumption m
               WHERE m.service_point_id = c.service_point_id AND m.year < %(year)s ORDER BY year DESC LIMIT %(last)s
              ) latest) ca ON true
  LEFT JOIN LATERAL (
       SELECT units FROM customers_supplyterms
        WHERE contract_id = c.id AND valid @> %(start)s::date AND replaced_at IS NULL LIMIT 1) t ON true
 WHERE c.supplied @> daterange(%(start)s, %(end)s) ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class BillForQuality:
    """A bill and its period; `days` from the latest day billed (excluded) to the day of issue."""

    bill_number: str
    contract_number: str
    account_number: str
    point_code: str
    start: date
    end: date  # half-open: the latest day billed is the one before
    issued_on: date
    is_closing: bool
    has_measure: bool
    to_pay_cents: int
    days: int

    @property
    def latest_day(self) -> date:
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BillsOfYear:
    """How many bills a contract supplied all the year got, and the fewest it had a right to."""

    contract_number: str
    account_number: str
    bills: int
    least: int
    reference_milli: int | None  # mean of the latest Ca before the year, thousandths of m³; None: not known
    units: int


def bills_for_quality(*, start: date, end: date) -> list[BillForQuality]:
    """Return the bills issued in [start, end) that have a period (no credit notes, corrections, other rows), by number.

    `days` is compared with arera.billing.issue_time_days: period to 31 March, issued on 15 May: 45.
    """
    found = read_arrow(connection, _BILLS, {"start": start, "end": end})
    return [BillForQuality(**row) for row in found.to_pylist()]


def bills_per_year(year: int, *, law: Rules | None = None) -> list[BillsOfYear]:
    """Return the contracts supplied all the year with their bills and the fewest of RQSII art. 38, by contract.

    The class is that of the mean of the Ca known when the year began; in a condominium of its mean per unit.
    """
    known, start = law or rules(), date(year, 1, 1)
    steps = known.value("arera.billing.bills_per_year", on=start)
    last = int(known.entry("arera.billing.class_review_years", on=start).fields["reference_years"])
    found = read_arrow(connection, _YEAR, {"start": start, "end": date(year + 1, 1, 1), "year": year, "last": last})
    reference, units = found["reference_milli"].to_numpy(), found["units"].to_numpy()
    least = bills_a_year(reference, units, steps) if len(found) else np.empty(0, dtype=np.int64)
    return [
        BillsOfYear(
            contract_number=row["contract_number"],
            account_number=row["account_number"],
            bills=row["bills"],
            least=bills,
            reference_milli=None if row["reference_milli"] < 0 else row["reference_milli"],
            units=row["units"],
        )
        for row, bills in zip(found.to_pylist(), least.tolist(), strict=True)
    ]
