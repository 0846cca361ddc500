from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from sorgente.billing.core.delivery_text import Announced, delivery_text
from sorgente.billing.core.document import PaymentMethod
from sorgente.billing.core.payment_details import PaymentDetails, PaymentsOf
from sorgente.billing.core.step_result import StepResult
from sorgente.billing.models import Bill, BillingRun
from sorgente.billing.queries.bill_people import contract_rows
from sorgente.billing.queries.waiting_bills import in_chunks, waiting_bills
from sorgente.billing.usecases.step_records import DELIVERED, named, record_done, record_refusals
from sorgente.customers.core.recipient import address_line, addressee_of, recipient_of
from sorgente.messages.usecases.queue_message import NewMessage, queue_messages
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError

_CHUNK = 1_000


def deliver_bills(
    *,
    payments_of: PaymentsOf,
    delivered_at: datetime,
    bill_ids: Iterable[int] | None = None,
    run: BillingRun | None = None,
    progress: Callable[[int], None] | None = None,
) -> StepResult:
    """Queue one message for each bill that has papers, on the channel of its contract account.

    payments_of  asked chunk by chunk how the bills are paid, as in `render_bills`
    bill_ids     these bills, or those of `run`: one of the two
    returns      done and refused: an address that cannot be one is refused by name, and the bill waits
    raises       WrongUse

    The message's key is `bill:<number>`, so that it is queued once, whatever happens.
    """
    result = StepResult()
    condition = Q(delivered_at=None) & ~Q(document=None)
    for ids in in_chunks(waiting_bills(condition, bill_ids=bill_ids, run=run), _CHUNK):
        _deliver(ids, payments_of(ids), delivered_at, result)
        if progress is not None:
            progress(len(ids))
    return result


@transaction.atomic
def _deliver(
    ids: list[int], payments: Mapping[int, PaymentDetails], delivered_at: datetime, result: StepResult
) -> None:
    bills = list(Bill.objects.select_for_update().filter(pk__in=ids, delivered_at=None).order_by("id"))
    contracts = contract_rows(bill.contract_id for bill in bills)
    of = {f"bill:{bill.number}": bill.pk for bill in bills}
    messages = [_message(bill, contracts[bill.contract_id], payments.get(bill.pk)) for bill in bills]
    queued = queue_messages(messages, queued_at=delivered_at)
    refused: dict[int, SorgenteError] = {of[message.key]: error for message, error in queued.refused}
    gone = [bill.pk for bill in bills if bill.pk not in refused]
    Bill.objects.filter(pk__in=gone).update(delivered_at=delivered_at)
    record_done(gone, count=DELIVERED)
    record_refusals(refused)
    result.done += len(gone)
    result.refusals += named(refused)


def _message(bill: Bill, contract: dict[str, Any], payment: PaymentDetails | None) -> NewMessage:
    utility = company()
    subject_line, body = delivery_text(
        Announced(
            number=bill.number,
            holder=addressee_of(contract),
            supply_address=address_line(contract, "supply"),
            start=bill.start,
            end=bill.end,
            quantity_milli=bill.quantity_milli,
            to_pay_cents=bill.to_pay_cents - bill.credit_cents,
            due_on=(payment.due_on if payment else None) or bill.due_on,
            method=payment.method if payment else PaymentMethod.TRANSFER,
            notice_number=payment.notice_number if payment else "",
            masked_iban=payment.masked_iban if payment else "",
            company=utility.name,
            phone=utility.contacts.phone,
            web=utility.contacts.web,
            iban=utility.bank.iban,
            credit_cents=bill.credit_cents,
            is_of_water=bill.kind != Bill.Kind.ONE_OFF,
        )
    )
    about = f"bill:{bill.number}"
    return NewMessage(
        key=about,
        channel=contract["channel"],
        recipient=recipient_of(contract),
        subject_line=subject_line,
        body=body,
        about=about,
        contract_account_number=contract["account_number"],
        document_id=bill.document_id,
    )
