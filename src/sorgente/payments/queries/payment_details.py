"""How bills are to be paid, for their papers: two queries, however many bills."""

from __future__ import annotations

from collections.abc import Sequence

from sorgente.billing.core.document import PaymentMethod
from sorgente.billing.core.payment_details import PaymentDetails
from sorgente.payments.core.notice import qr_text
from sorgente.payments.models import Collection, DebtPosition
from sorgente.shared.company import company

_ALIVE = (Collection.State.PREPARED, Collection.State.SENT, Collection.State.SETTLED)


def payment_details(bill_ids: Sequence[int]) -> dict[int, PaymentDetails]:
    """Return bill id -> its debit, else its pagoPA position; bills with neither are left out."""
    ids = list(bill_ids)
    positions = DebtPosition.objects.filter(bill_id__in=ids).values_list("bill_id", "notice_number", "cents", "due_on")
    found = {
        bill_id: PaymentDetails(
            method=PaymentMethod.PAGOPA,
            cents=cents,
            due_on=due_on,
            notice_number=notice,
            qr_text=qr_text(notice=notice, creditor_tax_code=company().tax_code, cents=cents),
        )
        for bill_id, notice, cents, due_on in positions
    }
    debits = Collection.objects.filter(bill_id__in=ids, state__in=_ALIVE).values_list(
        "bill_id", "cents", "due_on", "mandate__umr", "mandate__iban_tail"
    )
    for bill_id, cents, due_on, umr, tail in debits:
        found[bill_id] = PaymentDetails(
            method=PaymentMethod.SDD_CORE, cents=cents, due_on=due_on, umr=umr, masked_iban=f"IT•• •••• •••• {tail}"
        )
    return found
