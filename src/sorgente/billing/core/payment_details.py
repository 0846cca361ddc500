"""How one bill is to be paid, as payments tells billing: plain values, printed and never computed with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sorgente.billing.core.document import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDetails:
    """What the collection that was prepared for a bill asks, and what the payer needs to see of it.

    cents        what is asked: it must be what the bill asks
    due_on       the day of the debit, or the latest day to pay; None is the bill's own due date
    umr          unique mandate reference of a direct debit
    masked_iban  "IT•• •••• •••• 3456"
    notice_number, qr_text   of a pagoPA notice: 18 digits and "PAGOPA|002|…"
    reference    what a bank transfer must quote
    payer_habit  one optional sentence: "Grazie: hai sempre pagato entro la scadenza."
    """

    method: PaymentMethod
    cents: int
    due_on: date | None = None
    umr: str = ""
    masked_iban: str = ""
    notice_number: str = ""
    qr_text: str = ""
    reference: str = ""
    payer_habit: str = ""


# Asked for some bills (ids), it answers those that something was prepared for.
PaymentsOf = Callable[[Sequence[int]], Mapping[int, PaymentDetails]]
