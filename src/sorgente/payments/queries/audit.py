"""A2, A5 and A8, payments' part: what is asked is what the bill says, what came in counts once and has its paper.

What the archived files themselves say is compared in usecases/compare_files.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from sorgente.shared.audit import Problem, asked
from sorgente.shared.money import euro

# A notice that asks again after a failed debit leaves out what was paid before; none ever asks for more than the bill.
_NOTICE = """
SELECT p.notice_number, p.cents, b.number, b.to_pay_cents - b.credit_cents FROM payments_debtposition p
  JOIN billing_bill b ON b.id = p.bill_id
 WHERE p.cents > b.to_pay_cents - b.credit_cents OR p.cents < b.to_pay_cents - (
       SELECT coalesce(sum(a.cents), 0) FROM ledger_openitem owed
         JOIN ledger_allocation a ON a.receivable_id = owed.id AND a.allocated_on <= p.opened_at::date
        WHERE owed.reference = b.number AND p.cents < b.to_pay_cents)
 ORDER BY p.id
"""
# A debit may leave out what was paid by other roads before its file was made; it never asks for more.
_DEBIT = """
SELECT c.end_to_end_id, c.cents, b.number, b.to_pay_cents - b.credit_cents FROM payments_collection c
  JOIN billing_bill b ON b.id = c.bill_id
 WHERE c.cents > b.to_pay_cents - b.credit_cents OR c.cents < b.to_pay_cents - CASE
       WHEN c.state IN ('prepared', 'cancelled') THEN b.credit_cents
       ELSE (SELECT coalesce(sum(a.cents), 0) FROM ledger_openitem owed
               JOIN ledger_allocation a ON a.receivable_id = owed.id AND a.allocated_on <= c.due_on
               JOIN ledger_openitem credit ON credit.id = a.credit_id
               LEFT JOIN payments_payment p ON p.transaction_id = credit.transaction_id
              WHERE owed.reference = b.number AND p."references"->>'end_to_end_id' IS DISTINCT FROM c.end_to_end_id)
       END
 ORDER BY c.id
"""
_DEBIT_FILE = """
SELECT f.message_id, f.debits, f.cents, count(c.id), coalesce(sum(c.cents), 0)::int8 FROM payments_debitfile f
  LEFT JOIN payments_collection c ON c.file_id = f.id
 GROUP BY f.id HAVING (f.debits, f.cents) <> (count(c.id), coalesce(sum(c.cents), 0)) ORDER BY f.id
"""
_NOT_ASKED = """
SELECT b.number, b.to_pay_cents - b.credit_cents FROM billing_bill b
  LEFT JOIN payments_debtposition p ON p.bill_id = b.id LEFT JOIN payments_collection c ON c.bill_id = b.id
 WHERE b.delivered_at IS NOT NULL AND b.to_pay_cents > b.credit_cents AND p.id IS NULL AND c.id IS NULL ORDER BY b.id
"""
_PAYMENT_TWICE = """
SELECT fingerprint, count(*) FROM payments_payment GROUP BY 1 HAVING count(*) > 1 ORDER BY 1
"""
_COLLECTED_TWICE = """
SELECT "references"->>'end_to_end_id', count(*) FROM payments_payment
 WHERE kind = 'sdd' AND matched_by = 'end_to_end_id' GROUP BY 1 HAVING count(*) > 1 ORDER BY 1
"""
_STATEMENT_TWICE = """
SELECT d.title, count(*) FROM payments_statementfile f JOIN archive_document d ON d.id = f.document_id
 GROUP BY d.id HAVING count(*) > 1 ORDER BY d.id
"""
# A person who matches by hand moves suspense, not money: bank and pagopa-clearing are where money is.
_MONEY = """
SELECT t.source, m.cents FROM ledger_transaction t
  JOIN (SELECT e.transaction_id, sum(abs(e.cents))::int8 AS cents FROM ledger_entry e
          JOIN ledger_ledgeraccount l ON l.id = e.account_id AND l.code IN ('bank', 'pagopa-clearing')
         GROUP BY 1) m ON m.transaction_id = t.id
  LEFT JOIN payments_payment p ON p.transaction_id IN (t.id, t.reverses_id)
 WHERE p.id IS NULL ORDER BY t.id
"""
_BOOKED = """
SELECT p.fingerprint, p.cents, coalesce(m.cents, 0)::int8 FROM payments_payment p
  LEFT JOIN (SELECT e.transaction_id, l.code, sum(e.cents) AS cents FROM ledger_entry e
               JOIN ledger_ledgeraccount l ON l.id = e.account_id AND l.code IN ('bank', 'pagopa-clearing')
              GROUP BY 1, 2) m
    ON m.transaction_id = p.transaction_id
   AND m.code = CASE WHEN p.kind = 'pagopa' THEN 'pagopa-clearing' ELSE 'bank' END
 WHERE p.cents <> coalesce(m.cents, 0) ORDER BY p.id
"""
_PAPER = """
SELECT p.fingerprint, coalesce(d.kind, 'missing') FROM payments_payment p
  LEFT JOIN archive_document d ON d.id = p.document_id LEFT JOIN payments_statementfile f ON f.id = p.statement_file_id
 WHERE d.kind IS DISTINCT FROM CASE WHEN p.kind = 'pagopa' THEN 'receipt' ELSE 'statement' END
    OR (p.kind <> 'pagopa' AND f.document_id IS DISTINCT FROM p.document_id) ORDER BY p.id
"""
_SETTLED = """
SELECT coalesce(c.end_to_end_id, p.reference), coalesce(c.state, 'unknown'), coalesce(c.cents, 0), coalesce(p.cents, 0)
  FROM (SELECT * FROM payments_collection WHERE state IN ('settled', 'returned')) c
  FULL JOIN (SELECT "references"->>'end_to_end_id' AS reference, cents FROM payments_payment
              WHERE kind = 'sdd' AND matched_by = 'end_to_end_id') p ON p.reference = c.end_to_end_id
 WHERE (c.id IS NULL OR c.state = 'settled' OR p.cents IS NOT NULL) AND c.cents IS DISTINCT FROM p.cents ORDER BY 1
"""
_RETURNED = """
SELECT b.number, coalesce(c.times, 0), coalesce(p.times, 0)
  FROM (SELECT bill_id, count(*) AS times FROM payments_collection WHERE state = 'returned' GROUP BY 1) c
  FULL JOIN (SELECT bill_id, count(*) AS times FROM payments_payment
              WHERE kind = 'sdd_return' AND match = 'matched' GROUP BY 1) p ON p.bill_id = c.bill_id
  JOIN billing_bill b ON b.id = coalesce(c.bill_id, p.bill_id)
 WHERE c.times IS DISTINCT FROM p.times ORDER BY 1
"""
_REFUND = """
SELECT r.end_to_end_id, r.cents, coalesce(m.cents, 0)::int8 FROM payments_refund r
  LEFT JOIN (SELECT e.transaction_id, sum(e.cents) AS cents FROM ledger_entry e
              WHERE e.contract_account_id IS NOT NULL GROUP BY 1) m ON m.transaction_id = r.transaction_id
 WHERE r.cents <> coalesce(m.cents, 0) ORDER BY r.id
"""
_REFUND_FILE = """
SELECT f.message_id, f.refunds, f.cents, count(r.id), coalesce(sum(r.cents), 0)::int8 FROM payments_refundfile f
  LEFT JOIN payments_refund r ON r.file_id = f.id
 GROUP BY f.id HAVING (f.refunds, f.cents) <> (count(r.id), coalesce(sum(r.cents), 0)) ORDER BY f.id
"""
_REFUNDED = """
SELECT r.end_to_end_id, r.state, coalesce(p.times, 0) FROM payments_refund r
  LEFT JOIN (SELECT "references"->>'end_to_end_id' AS reference, count(*) AS times FROM payments_payment
              WHERE kind = 'refund' GROUP BY 1) p ON p.reference = r.end_to_end_id
 WHERE coalesce(p.times, 0) <> CASE r.state WHEN 'paid' THEN 1 WHEN 'returned' THEN 2 ELSE 0 END ORDER BY r.id
"""
_PAID_POSITION = """
SELECT d.notice_number FROM payments_debtposition d
 WHERE d.state = 'paid'
   AND NOT EXISTS (SELECT FROM payments_payment p WHERE p.bill_id = d.bill_id AND p.kind = 'pagopa') ORDER BY d.id
"""


def problems() -> Iterator[Problem]:
    """Yield every offender of A2, A5 and A8 in what was asked and in what came in."""
    yield from asked_problems()
    yield from once_problems()
    yield from money_problems()


def asked_problems() -> Iterator[Problem]:
    """A2: notice and debit ask what the bill says less the credits it used; every bill sent out asks somewhere."""
    yield from asked(
        connection,
        _NOTICE,
        lambda notice, asked, bill, to_pay: Problem(
            "A2", f"Notice {notice}", f"It asks {euro(asked)}, bill {bill} says {euro(to_pay)}."
        ),
    )
    yield from asked(
        connection,
        _DEBIT,
        lambda debit, asked, bill, to_pay: Problem(
            "A2", f"Debit {debit}", f"It asks {euro(asked)}, bill {bill} says {euro(to_pay)}."
        ),
    )
    yield from asked(
        connection,
        _DEBIT_FILE,
        lambda file, count, cents, found, sum_cents: Problem(
            "A2",
            f"Debit file {file}",
            f"It says {count} debits of {euro(cents)}; its collections are {found} of {euro(sum_cents)}.",
        ),
    )
    yield from asked(
        connection,
        _NOT_ASKED,
        lambda bill, to_pay: Problem("A2", f"Bill {bill}", f"It went out; nothing asks its {euro(to_pay)}."),
    )


def once_problems() -> Iterator[Problem]:
    """A5: nothing from outside was booked twice."""
    yield from asked(
        connection, _PAYMENT_TWICE, lambda name, times: Problem("A5", f"Payment {name}", f"It is booked {times} times.")
    )
    yield from asked(
        connection,
        _COLLECTED_TWICE,
        lambda debit, times: Problem("A5", f"Debit {debit}", f"{times} payments collected it."),
    )
    yield from asked(
        connection,
        _STATEMENT_TWICE,
        lambda title, times: Problem("A5", f"Statement {title}", f"It is imported {times} times."),
    )


def money_problems() -> Iterator[Problem]:
    """A8: every movement of money has its payment, every payment its entry and its paper, every collection both."""
    yield from asked(
        connection,
        _MONEY,
        lambda source, cents: Problem("A8", f"Transaction {source}", f"It moves {euro(cents)} without a payment."),
    )
    yield from asked(
        connection,
        _BOOKED,
        lambda name, cents, booked: Problem(
            "A8", f"Payment {name}", f"It is of {euro(cents)}, the ledger has {euro(booked)}."
        ),
    )
    yield from asked(
        connection,
        _PAPER,
        lambda name, kind: Problem("A8", f"Payment {name}", f"No statement or receipt shows it; its document: {kind}."),
    )
    yield from asked(
        connection,
        _SETTLED,
        lambda debit, state, cents, paid: Problem(
            "A8", f"Debit {debit}", f"It is {state} for {euro(cents)}, the bank's entries say {euro(paid)}."
        ),
    )
    yield from asked(
        connection,
        _RETURNED,
        lambda bill, times, entries: Problem(
            "A8", f"Bill {bill}", f"{times} debits of it are returned, the bank's entries say {entries}."
        ),
    )
    yield from asked(
        connection, _PAID_POSITION, lambda notice: Problem("A8", f"Notice {notice}", "It is paid; no receipt says so.")
    )
    yield from asked(
        connection,
        _REFUND,
        lambda refund, cents, posted: Problem(
            "A8", f"Refund {refund}", f"It is of {euro(cents)}, the ledger has {euro(posted)}."
        ),
    )
    yield from asked(
        connection,
        _REFUND_FILE,
        lambda file, count, cents, found, sum_cents: Problem(
            "A8",
            f"Refund file {file}",
            f"It says {count} refunds of {euro(cents)}; there are {found} of {euro(sum_cents)}.",
        ),
    )
    yield from asked(
        connection,
        _REFUNDED,
        lambda refund, state, times: Problem(
            "A8", f"Refund {refund}", f"It is {state}; the bank's entries name it {times} times."
        ),
    )
