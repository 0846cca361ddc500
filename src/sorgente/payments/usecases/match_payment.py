from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.billing.queries.bill_keys import bills_by_number
from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.usecases.post_transaction import post_transaction
from sorgente.payments.models import Payment
from sorgente.payments.usecases.settle_bills import settle_bills
from sorgente.shared.errors import SorgenteError


class PaymentNotWaiting(SorgenteError):
    code = "payments.payment.not-waiting"


class BillUnknown(SorgenteError):
    code = "payments.payment.bill-unknown"


@transaction.atomic
def match_payment(*, payment_id: int, bill_number: str, matched_on: date, recorded_at: datetime) -> Payment:
    """Take a payment out of suspense for a bill, as a person decided; what is left over is the customer's credit.

    raises  PaymentNotWaiting, BillUnknown
    """
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    if payment.match != Payment.Match.SUSPENSE or payment.cents <= 0:
        raise PaymentNotWaiting(
            f"Payment {payment_id}",
            f"It is {payment.get_match_display().lower()}, {payment.cents} cents.",
            "Choose money that came in and waits in suspense.",
        )
    bill = bills_by_number([bill_number]).get(bill_number)
    if bill is None:
        raise BillUnknown(f"Bill {bill_number}", "There is no such bill.", "Search the bill by customer or amount.")
    post_transaction(
        source=f"match:{payment.fingerprint}",
        kind="match",
        booked_on=matched_on,
        recorded_at=recorded_at,
        description=f"Abbinato a mano alla bolletta {bill_number}",
        lines=[
            Line("suspense", payment.cents),
            CustomerLine(bill.contract_account_id, -payment.cents, f"payment {payment.pk}", matched_on),
        ],
    )
    settle_bills(payment_id=payment.pk, bills=[bill_number], settled_on=matched_on)
    payment.match = Payment.Match.MATCHED
    payment.matched_by = "hand"
    payment.bill_id = bill.id
    payment.contract_account_id = bill.contract_account_id
    payment.save(update_fields=["match", "matched_by", "bill", "contract_account"])
    return payment
