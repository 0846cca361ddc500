"""A2, A3, A4 and A6: who breaks them, by name and with the figures."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator

import pyarrow as pa
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from sorgente.archive.queries.documents import read_document
from sorgente.billing.models import Bill
from sorgente.billing.queries.replay import replay_inputs
from sorgente.shared.audit import Problem, asked
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import cents_from_euro, euro, units_text

# What reading stored inputs and rules raises when their bytes are gone or are others.
_UNREADABLE = (
    ObjectDoesNotExist, SorgenteError, OSError, EOFError, zlib.error, pa.ArrowException, ValueError, LookupError,
)  # fmt: skip

_EINVOICE_TOTAL = re.compile(rb"<ImportoTotaleDocumento>([0-9.-]+)</ImportoTotaleDocumento>")

_ROWS = """
SELECT b.number, b.net_cents, coalesce(c.cents, 0)::int8 FROM billing_bill b
  LEFT JOIN (SELECT bill_id, sum(cents) AS cents FROM billing_charge GROUP BY 1) c ON c.bill_id = b.id
 WHERE b.net_cents <> coalesce(c.cents, 0) ORDER BY b.id
"""
_VAT = """
SELECT b.number, b.vat_cents, coalesce(v.cents, 0)::int8 FROM billing_bill b
  LEFT JOIN (SELECT bill_id, sum(vat_cents) AS cents FROM billing_billvat GROUP BY 1) v ON v.bill_id = b.id
 WHERE b.vat_cents <> coalesce(v.cents, 0) ORDER BY b.id
"""
_GROUPS = """
SELECT b.number, coalesce(c.vat_e4, v.vat_e4), coalesce(v.base_cents, 0), coalesce(c.cents, 0)::int8
  FROM (SELECT bill_id, vat_e4, sum(cents) AS cents FROM billing_charge GROUP BY 1, 2) c
  FULL JOIN billing_billvat v ON (v.bill_id, v.vat_e4) = (c.bill_id, c.vat_e4)
  JOIN billing_bill b ON b.id = coalesce(c.bill_id, v.bill_id)
 WHERE v.base_cents IS DISTINCT FROM c.cents ORDER BY b.id
"""
# What the customer owes for the bill, and with it the VAT that a public body pays to the State.
_LEDGER = """
SELECT b.number, b.total_cents, b.to_pay_cents, coalesce(e.total, 0)::int8, coalesce(e.owed, 0)::int8
  FROM billing_bill b
  LEFT JOIN (SELECT e.transaction_id, sum(e.cents) FILTER (WHERE l.code IN ('receivables', 'split-vat')) AS total,
                    sum(e.cents) FILTER (WHERE e.contract_account_id IS NOT NULL) AS owed
               FROM ledger_entry e JOIN ledger_ledgeraccount l ON l.id = e.account_id GROUP BY 1) e
    ON e.transaction_id = b.transaction_id
 WHERE (b.total_cents, b.to_pay_cents) <> (coalesce(e.total, 0), coalesce(e.owed, 0)) ORDER BY b.id
"""
# A one-off row stands on one bill that holds, with its amount; a corrected bill has given its rows to the new one.
_ONE_OFFS = """
SELECT o.reference, o.cents, coalesce(sum(c.cents), 0)::int8 FROM billing_oneoff o
  LEFT JOIN billing_oneoffrow r ON (r.one_off_id, r.bill_id) = (o.id, o.bill_id)
  LEFT JOIN billing_charge c ON (c.bill_id, c.position) = (r.bill_id, r.position)
 WHERE o.state = 'billed' GROUP BY o.id HAVING o.cents <> coalesce(sum(c.cents), 0) ORDER BY o.id
"""
_BILLED_TWICE = """
SELECT o.reference, count(*) FROM billing_oneoffrow r JOIN billing_oneoff o ON o.id = r.one_off_id
 WHERE NOT EXISTS (SELECT FROM billing_bill n WHERE n.corrects_id = r.bill_id AND n.kind = 'credit_note')
 GROUP BY o.id HAVING count(*) > 1 ORDER BY o.id
"""
_CREDITS = """
SELECT b.number, b.credit_cents, coalesce(a.cents, 0)::int8 FROM billing_bill b
  LEFT JOIN LATERAL (
       SELECT sum(a.cents) AS cents FROM ledger_openitem owed JOIN ledger_allocation a ON a.receivable_id = owed.id
        WHERE owed.transaction_id = b.transaction_id AND owed.cents > 0 AND a.allocated_on = b.issued_on
          AND a.cents > 0) a ON true
 WHERE b.credit_cents <> 0 AND b.credit_cents > coalesce(a.cents, 0) ORDER BY b.id
"""
_ORPHANS = """
SELECT c.bill_id FROM billing_charge c LEFT JOIN billing_bill b ON b.id = c.bill_id WHERE b.id IS NULL
 GROUP BY 1 ORDER BY 1
"""
_PERIODS = """
SELECT number, start, before FROM (
       SELECT c.number, s.start,
              coalesce(lag(s."end") OVER (PARTITION BY s.contract_id ORDER BY s.start), lower(c.supplied)) AS before
         FROM billing_billedconsumption s JOIN customers_supplycontract c ON c.id = s.contract_id
        WHERE s.superseded_by_id IS NULL) x
 WHERE start <> before ORDER BY number, start
"""
_REGISTER = """
SELECT b.number, s.start, s.quantity_milli, t.running_milli - f.running_milli FROM billing_billedconsumption s
  JOIN billing_bill b ON b.id = s.bill_id
  LEFT JOIN metering_read f ON f.id = s.from_read_id LEFT JOIN metering_read t ON t.id = s.to_read_id
 WHERE s.superseded_by_id IS NULL AND NOT s.estimated
   AND (t.running_milli - f.running_milli IS DISTINCT FROM s.quantity_milli OR f.register_id <> t.register_id
        OR f.read_on <> s.start OR t.read_on <> s."end") ORDER BY s.id
"""
_NUMBERS = """
SELECT s.year || '/' || s.code, s.latest, count(b.id), coalesce(min(b.sequence), 0), coalesce(max(b.sequence), 0)
  FROM billing_billseries s LEFT JOIN billing_bill b ON b.series_id = s.id GROUP BY s.id
HAVING count(b.id) <> s.latest OR coalesce(max(b.sequence), 0) <> s.latest OR (count(b.id) > 0 AND min(b.sequence) <> 1)
 ORDER BY s.id
"""
_DATES = """
SELECT number, issued_on, before FROM (
       SELECT number, issued_on, lag(issued_on) OVER (PARTITION BY series_id ORDER BY sequence) AS before
         FROM billing_bill) x
 WHERE issued_on < before ORDER BY number
"""


def problems() -> Iterator[Problem]:
    """Yield every offender of A2, A3, A4 and A6."""
    yield from totals_problems()
    yield from period_problems()
    yield from number_problems()
    yield from replay_problems()


def totals_problems() -> Iterator[Problem]:
    """A2: total = rows + VAT = ledger = e-invoice."""

    def told(what: str) -> Callable[..., Problem]:
        return lambda number, kept, found: Problem(
            "A2", f"Bill {number}", f"It says {euro(kept)} {what}, its rows give {euro(found)}."
        )

    yield from asked(connection, _ROWS, told("before VAT"))
    yield from asked(connection, _VAT, told("of VAT"))
    yield from asked(
        connection,
        _GROUPS,
        lambda number, rate, base, rows: Problem(
            "A2", f"Bill {number}", f"VAT at {rate / 100:g} % stands on {euro(base)}, the rows sum to {euro(rows)}."
        ),
    )
    yield from asked(
        connection,
        _LEDGER,
        lambda number, total, to_pay, posted, owed: Problem(
            "A2",
            f"Bill {number}",
            f"Total {euro(total)} and to pay {euro(to_pay)}; the ledger has {euro(posted)} and {euro(owed)}.",
        ),
    )
    yield from asked(
        connection,
        _ONE_OFFS,
        lambda reference, kept, found: Problem(
            "A2", f"One-off row {reference}", f"It is of {euro(kept)}, its bill charges {euro(found)}."
        ),
    )
    yield from asked(
        connection,
        _BILLED_TWICE,
        lambda reference, times: Problem("A2", f"One-off row {reference}", f"It stands on {times} bills that hold."),
    )
    yield from asked(
        connection,
        _CREDITS,
        lambda number, said, used: Problem(
            "A2", f"Bill {number}", f"It says {euro(said)} of credits used, the ledger has {euro(used)}."
        ),
    )
    yield from asked(
        connection, _ORPHANS, lambda bill_id: Problem("A2", f"Bill with id {bill_id}", "Rows without their bill.")
    )
    yield from _einvoices()


def _einvoices() -> Iterator[Problem]:
    made = Bill.objects.filter(einvoice__isnull=False).order_by("id")
    for number, total, sha256 in made.values_list("number", "total_cents", "einvoice__sha256").iterator():
        try:
            found = _EINVOICE_TOTAL.search(read_document(sha256))
        except SorgenteError as problem:
            yield Problem("A2", f"Bill {number}", f"Its e-invoice cannot be read again: {problem.facts}")
            continue
        stated = None if found is None else cents_from_euro(found[1].decode())
        # SdI wants a credit note positive: TD04 says the direction.
        if stated != abs(total):
            said = "no total" if stated is None else euro(stated)
            yield Problem("A2", f"Bill {number}", f"Its total is {euro(total)}, its e-invoice has {said}.")


def period_problems() -> Iterator[Problem]:
    """A3: billed periods touch without overlap, and billed water is the difference of the registers."""
    yield from asked(
        connection,
        _PERIODS,
        lambda contract, start, before: Problem(
            "A3",
            f"Contract {contract}",
            f"A billed period starts on {start}, the one before ends on {before}: "
            + ("a gap." if start > before else "an overlap."),
        ),
    )
    yield from asked(
        connection,
        _REGISTER,
        lambda number, start, billed, register: Problem(
            "A3",
            f"Bill {number}",
            f"From {start} it bills {units_text(billed)} m³, its reads show "
            + ("no difference." if register is None else f"{units_text(register)} m³."),
        ),
    )


def number_problems() -> Iterator[Problem]:
    """A4: numbers without gaps, dates that never go back."""
    yield from asked(
        connection,
        _NUMBERS,
        lambda series, latest, count, first, last: Problem(
            "A4", f"Series {series}", f"It gave {latest} numbers; there are {count} bills, from {first} to {last}."
        ),
    )
    yield from asked(
        connection,
        _DATES,
        lambda number, day, before: Problem("A4", f"Bill {number}", f"Issued on {day}, the one before it on {before}."),
    )


def replay_problems() -> Iterator[Problem]:
    """A6: every bill replays bit for bit, batch by batch as they were issued."""
    for inputs_id in Bill.objects.order_by("inputs_id").values_list("inputs_id", flat=True).distinct():
        try:
            replays = list(replay_inputs(inputs_id))
        except _UNREADABLE as problem:
            for number in Bill.objects.filter(inputs_id=inputs_id).order_by("id").values_list("number", flat=True):
                yield Problem("A6", f"Bill {number}", f"What it was computed from cannot be read again: {problem}")
            continue
        for replay in replays:
            if replay.differences:
                yield Problem("A6", f"Bill {replay.number}", " ".join(replay.differences[:3]))
