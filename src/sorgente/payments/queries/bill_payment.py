"""How a bill is to be paid, and what was tried: its debits and its pagoPA position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sorgente.payments.models import Collection, DebtPosition


@dataclass(frozen=True, slots=True)
class DebitLine:
    due_on: date
    cents: int
    state: str
    return_reason: str
    umr: str
    iban_tail: str
    file: str  # SHA-256 of the file handed to the bank


@dataclass(frozen=True, slots=True)
class PositionLine:
    notice_number: str
    iuv: str
    cents: int
    due_on: date
    state: str


@dataclass(frozen=True, slots=True)
class BillPayment:
    debits: list[DebitLine]
    position: PositionLine | None


def payment_of(bill_number: str) -> BillPayment:
    """Return the debits, latest first, and the position of a bill."""
    debits = (
        Collection.objects.filter(bill__number=bill_number)
        .select_related("mandate", "file__document")
        .order_by("-due_on", "-id")
    )
    position = DebtPosition.objects.filter(bill__number=bill_number).first()
    return BillPayment(
        debits=[
            DebitLine(
                due_on=row.due_on,
                cents=row.cents,
                state=row.state,
                return_reason=row.return_reason,
                umr=row.mandate.umr,
                iban_tail=row.mandate.iban_tail,
                file=row.file.document.sha256 if row.file else "",
            )
            for row in debits
        ],
        position=None
        if position is None
        else PositionLine(position.notice_number, position.iuv, position.cents, position.due_on, position.state),
    )
