"""What pagoPA tells a creditor institution: that a notice was paid, and what a bank transfer was made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

# FdR outcome codes, and the names of the REST interface for the same things.
OUTCOMES = {"EXECUTED": 0, "REVOKED": 3, "STAND_IN": 4, "STAND_IN_NO_RPT": 8, "NO_RPT": 9}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptTransfer:
    """One beneficiary's part of a payment."""

    index: int
    creditor: str
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a notice was paid. `paid_at` frees the debtor; `receipt_id` is the payment token (IUR).

    cents      what the citizen paid us and the other beneficiaries, without the citizen's fee
    fee_cents  the payment provider's fee, not our money
    stand_in   sold by the platform while our service was away: the amount may be out of date
    """

    receipt_id: str
    creditor: str
    notice: str | None
    iuv: str
    outcome: str
    cents: int
    paid_at: datetime
    applied_on: date | None = None
    transferred_on: date | None = None
    psp: str | None = None
    method: str | None = None
    fee_cents: int | None = None
    debtor: str | None = None
    debtor_tax_code: str | None = None
    description: str | None = None
    stand_in: bool = False
    transfers: tuple[ReceiptTransfer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """One payment inside a bank transfer. outcome: 0 executed, 3 revoked, 4 stand-in, 8 and 9 without receipt."""

    iuv: str
    iur: str
    index: int
    cents: int
    outcome: int
    paid_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A reporting flow (FdR): one bank transfer and the payments it is made of.

    flow_id   None where the file holds only a page of payments
    revision  of the REST interface; None in XML, where a later `made_at` supersedes
    warnings  totals that do not agree with the lines
    """

    flow_id: str | None
    revision: int | None
    made_at: datetime | None
    psp: str | None
    creditor: str | None
    regulation: str | None
    regulated_on: date | None
    total_cents: int
    count: int
    lines: tuple[FlowLine, ...]
    warnings: tuple[str, ...] = ()


def flow_warnings(*, total_cents: int, count: int, lines: tuple[FlowLine, ...]) -> tuple[str, ...]:
    """Return one sentence for each total of the flow that its lines do not give."""
    warnings = []
    if len(lines) != count:
        warnings.append(f"announces {count} payments, holds {len(lines)}")
    added = sum(line.cents for line in lines)
    if added != total_cents:
        warnings.append(f"announces {total_cents} cents, its payments add up to {added}")
    return tuple(warnings)
