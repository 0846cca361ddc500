"""A7: no bill outside its legal window, and no clock or indemnity late, without a recorded, cited reason."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from sorgente.billing.queries.legal_windows import LateBill, close_bills, late_bills, short_terms
from sorgente.quality.models import Performance
from sorgente.shared.audit import Problem, asked
from sorgente.shared.money import euro

# Late without anything that follows from it: neither money nor the reason why none is due.
_LATE_WITHOUT_OUTCOME = """
SELECT p.standard, p.reference, p.elapsed, p.level_amount FROM quality_performance p
 WHERE p.state = 'ended' AND NOT p.within AND p.standard LIKE 'S%%'
   AND NOT EXISTS (SELECT 1 FROM quality_performance c WHERE c.corrects_id = p.id)
   AND NOT EXISTS (SELECT 1 FROM quality_indemnitydue d JOIN quality_performance q ON q.id = d.performance_id
                    WHERE q.standard = p.standard AND q.reference = p.reference)
 ORDER BY p.id
"""
# Unpaid is measured from the latest day the register was looked at: the audit itself reads no clock.
_UNPAID = """
SELECT p.standard, p.reference, d.cents, d.settle_by, d.paid_on FROM quality_indemnitydue d
  JOIN quality_performance p ON p.id = d.performance_id
 WHERE (d.state = 'paid' AND d.paid_on > d.settle_by)
    OR (d.state IN ('accrued', 'on_bill', 'direct') AND d.settle_by < (SELECT max(as_of) FROM quality_evaluation))
 ORDER BY d.id
"""
# An open clock is late since its latest good day; the day the register was looked at, its indemnity was there.
_OPEN_WITHOUT_OUTCOME = """
SELECT p.standard, p.reference, p.due_on FROM quality_performance p
 WHERE p.state = 'running' AND p.standard LIKE 'S%%'
   AND p.due_on + 7 < (SELECT max(as_of) FROM quality_evaluation)
   AND NOT EXISTS (SELECT 1 FROM quality_indemnitydue d WHERE d.performance_id = p.id)
 ORDER BY p.id
"""
_BATCH = 2000


def problems() -> Iterator[Problem]:
    """Yield every offender of A7 that billing and the register can show."""
    yield from _bills()
    yield from asked(
        connection,
        _LATE_WITHOUT_OUTCOME,
        lambda standard, reference, elapsed, level: Problem(
            "A7",
            f"{standard} of {reference}",
            f"It took {elapsed} against {level} and has neither an indemnity nor a reason why none is due.",
        ),
    )
    yield from asked(
        connection,
        _OPEN_WITHOUT_OUTCOME,
        lambda standard, reference, due_on: Problem(
            "A7", f"{standard} of {reference}", f"It was due by {due_on}, is still open, and no indemnity accrued."
        ),
    )
    yield from asked(
        connection,
        _UNPAID,
        lambda standard, reference, cents, settle_by, paid_on: Problem(
            "A7",
            f"Indemnity for {standard} of {reference}",
            f"{euro(cents)} had to be paid by {settle_by} and "
            + ("is not." if paid_on is None else f"was on {paid_on}."),
        ),
    )


def _bills() -> Iterator[Problem]:
    """A late bill needs its row in the register; bills too close and terms too short have no excuse."""
    waiting = []
    for late in late_bills():
        waiting.append(late)
        if len(waiting) == _BATCH:
            yield from _unrecorded(waiting)
            waiting = []
    yield from _unrecorded(waiting)
    for close in close_bills():
        yield Problem(
            "A7",
            f"Contract {close.contract_number}",
            f"{close.bills} bills between {close.earliest_on} and {close.latest_on}, at most {close.most} are allowed.",
        )
    for short in short_terms():
        yield Problem(
            "A7",
            f"Bill {short.bill_number}",
            f"Issued on {short.issued_on} and due on {short.due_on}: at least {short.least_days} days are due.",
        )


def _unrecorded(bills: list[LateBill]) -> Iterator[Problem]:
    references = [f"bill:{bill.bill_number}" for bill in bills]
    known = set(
        Performance.objects.filter(standard="S23", within=False, reference__in=references).values_list(
            "reference", flat=True
        )
    )
    for bill, reference in zip(bills, references, strict=True):
        if reference not in known:
            yield Problem(
                "A7",
                f"Bill {bill.bill_number}",
                f"Issued on {bill.issued_on}, {bill.days} days after its period; at most {bill.most_days} are allowed"
                " and the register says nothing.",
            )
