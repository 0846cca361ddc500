"""One-off rows on the way to a bill: locked with the contracts of a batch, marked as billed with its bills."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from sorgente.billing.core.compute import Computed, Waiting
from sorgente.billing.core.one_offs import (
    CODES,
    FIRST_CODE,
    STAMP_DUTY,
    OneOffRows,
    Stamp,
    Treatment,
    stamp_duty,
    treatments,
)
from sorgente.billing.core.rows import positions
from sorgente.billing.core.stretches import Long
from sorgente.billing.models import BillRule, OneOffRow
from sorgente.tariffs.model import Service
from sorgente.tariffs.rules import Rules
from sorgente.tariffs.tables import number_of

ONE_OFF_TARIFF = "one_off"

# An instalment waits for the bill before its own: what it comes after is billed, and not by this batch.
_WAITING = """
SELECT o.contract_id, o.id, o.kind, o.cents, o.from_on, o.text FROM billing_oneoff o
  LEFT JOIN billing_oneoff before ON before.id = o.after_id
 WHERE o.state = 'pending' AND o.contract_id = ANY(%s) AND o.from_on <= %s
   AND (before.id IS NULL OR before.state <> 'pending')
 ORDER BY o.contract_id, o.id FOR UPDATE OF o
"""
_CLOSED = """
SELECT c.id FROM customers_supplycontract c
 WHERE c.id = ANY(%s) AND upper(c.supplied) <= %s
   AND upper(c.supplied) <= (SELECT max(b."end") FROM billing_billedconsumption b
                              WHERE b.contract_id = c.id AND b.superseded_by_id IS NULL)
"""
_BILLED = """
UPDATE billing_oneoff o SET state = 'billed', bill_id = n.bill_id
  FROM unnest(%s::int8[], %s::int8[]) AS n (id, bill_id) WHERE o.id = n.id
"""


def waiting_one_offs(
    contract_ids: Long, *, bill_on: date, read_through: date, rules: Rules, alone: bool
) -> Waiting | None:
    """Lock and return what waits for a bill of these contracts (ascending), None where nothing does.

    alone   every contract may get a bill of these rows alone; else those whose supply has ended and is billed
    raises  NoValue (a rule without a value on the day)
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [contract_ids.tolist(), bill_on])
        found = cursor.fetchall()
        if not found:
            return None
        owners = sorted({row[0] for row in found})
        may = np.full(contract_ids.size, alone)
        if not alone:
            cursor.execute(_CLOSED, [owners, read_through])
            closed = np.array([row[0] for row in cursor.fetchall()], dtype=np.int64)
            may[np.searchsorted(contract_ids, closed)] = True
    known = treatments(rules, on=bill_on)
    rule_ids = rules_of_kinds(known)
    rows = OneOffRows(
        bill=np.searchsorted(contract_ids, np.array([row[0] for row in found], dtype=np.int64)),
        one_off_id=np.array([row[1] for row in found], dtype=np.int64),
        kind=np.array([CODES[row[2]] for row in found], dtype=np.int64),
        day=np.array([number_of(row[4]) for row in found], dtype=np.int64),
        cents=np.array([row[3] for row in found], dtype=np.int64),
        vat_e4=np.array([known[row[2]].vat_e4 for row in found], dtype=np.int64),
        rule=np.array([rule_ids[row[2]] for row in found], dtype=np.int64),
        text=[known[row[2]].text(row[5]) for row in found],
    )
    stamp = Stamp(stamp_duty(rules, on=bill_on), rule_ids[STAMP_DUTY], known[STAMP_DUTY].wording)
    return Waiting(rows, stamp, may)


def rules_of_kinds(known: dict[str, Treatment]) -> dict[str, int]:
    """Return kind -> id of its BillRule, made where there is none yet."""
    start = next(iter(known.values())).start
    there = dict(BillRule.objects.filter(tariff=ONE_OFF_TARIFF, start=start).values_list("path", "id"))
    missing = [one for kind, one in known.items() if kind not in there]
    if missing:
        BillRule.objects.bulk_create(
            [
                BillRule(
                    tariff=ONE_OFF_TARIFF, path=one.kind, start=one.start, service=one.heading,
                    service_code=int(Service.OTHER), kind=one.code, cite=one.cite[:300], nature=one.nature, law=one.law,
                )
                for one in missing
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        there = dict(BillRule.objects.filter(tariff=ONE_OFF_TARIFF, start=start).values_list("path", "id"))
    return there


def bill_one_offs(cursor: Any, bills: Computed, ids: Long) -> None:
    """Mark the one-off rows of issued bills as billed, and keep what their rows say; the caller's transaction."""
    rows = bills.one_offs
    if rows.bill.size == 0:
        return
    # Of each bill the charges of its one-off rows are in the order of these, after all others.
    at = positions(bills.rows.bill)[(bills.rows.kind >= FIRST_CODE) & (bills.rows.reverses == 0)]
    OneOffRow.objects.bulk_create(
        OneOffRow(bill_id=bill, position=position, one_off_id=one_off or None, text=text)
        for bill, position, one_off, text in zip(
            ids[rows.bill].tolist(), at.tolist(), rows.one_off_id.tolist(), rows.text, strict=True
        )
    )
    own = rows.one_off_id > 0
    cursor.execute(_BILLED, [rows.one_off_id[own].tolist(), ids[rows.bill[own]].tolist()])


def recharged_stamp(rows: OneOffRows, bills: int) -> Long:
    """Return the stamp duty that each bill charges on, (bills,)."""
    stamps = rows.kind == CODES[STAMP_DUTY]
    sums = np.zeros(bills, dtype=np.int64)
    np.add.at(sums, rows.bill[stamps], rows.cents[stamps])
    return sums
