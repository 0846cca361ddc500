"""A debit that came back leaves a bill nobody asks for: give it a notice and tell the customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Exists, OuterRef

from sorgente.customers.core.recipient import recipient_of
from sorgente.customers.queries.for_billing import contracts_table
from sorgente.ledger.queries.accounts import open_items
from sorgente.ledger.queries.receivables import is_open
from sorgente.messages.core.text import NewMessage
from sorgente.messages.usecases.queue_message import queue_messages
from sorgente.payments.core.ask_again_text import DebitFailed, ask_again_text
from sorgente.payments.core.bills_to_collect import BILLS
from sorgente.payments.models import Collection, DebtPosition
from sorgente.payments.usecases.open_positions import open_positions
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError

_DEAD = (Collection.State.RETURNED, Collection.State.CANCELLED)
_CHUNK = 5_000


@dataclass(slots=True)
class AskedAgain:
    """Bills that got a notice, and messages that could not be queued, with the bill number."""

    bills: int = 0
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)


@transaction.atomic
def ask_again(*, asked_at: datetime) -> AskedAgain:
    """Open a position for every bill still owed whose debits all failed and that has none; queue one message each.

    Run it after each statement; a bill is asked again this way once.
    """
    result = AskedAgain()
    after = 0
    while bills := _left_alone(after):
        _ask(bills, asked_at, result)
        after = bills[-1].pk
    return result


def _left_alone(after: int) -> list[Any]:
    """Return the next bills, by id, still owed whose debits all failed and that have no position."""
    failed = (
        Collection.objects.filter(state__in=_DEAD, bill_id__gt=after)
        .filter(
            ~Exists(Collection.objects.filter(bill=OuterRef("bill")).exclude(state__in=_DEAD)),
            ~Exists(DebtPosition.objects.filter(bill=OuterRef("bill"))),
            is_open(OuterRef("bill__number")),
        )
        .order_by("bill_id", "-id")
        .distinct("bill_id")
        .select_related("bill")[:_CHUNK]
    )
    return [one.bill for one in failed]


def _ask(bills: list[Any], asked_at: datetime, result: AskedAgain) -> None:
    owed: dict[str, int] = {}
    for item in open_items(references=[bill.number for bill in bills], receivables_only=True):
        owed[item.reference] = owed.get(item.reference, 0) + item.open_cents
    asked = pa.Table.from_pylist(
        [
            {
                "bill_id": bill.pk,
                "bill_number": bill.number,
                "contract_account_id": bill.contract_account_id,
                "due_on": bill.due_on,
                "cents": owed[bill.number],
            }
            for bill in bills
        ],
        schema=BILLS,
    )
    positions = open_positions(bills=asked, segregation=company().segregation, opened_at=asked_at)
    notices = dict(zip(positions["bill_id"].to_pylist(), positions["notice_number"].to_pylist(), strict=True))
    contracts = {row["contract_id"]: row for row in contracts_table([bill.contract_id for bill in bills]).to_pylist()}
    messages = [_message(bill, contracts[bill.contract_id], owed[bill.number], notices[bill.pk]) for bill in bills]
    queued = queue_messages(messages, queued_at=asked_at)
    result.bills += len(bills)
    result.refusals += [(message.about, error) for message, error in queued.refused]


def _message(bill: Any, contract: dict[str, Any], cents: int, notice: str) -> NewMessage:
    ours = company()
    subject_line, body = ask_again_text(
        DebitFailed(
            holder=contract["name"],
            bill_number=bill.number,
            cents=cents,
            notice_number=notice,
            company=ours.name,
            phone=ours.contacts.phone,
            web=ours.contacts.web,
        )
    )
    return NewMessage(
        key=f"bill:{bill.number}:debit-failed",
        channel=contract["channel"],
        recipient=recipient_of(contract),
        subject_line=subject_line,
        body=body,
        about=f"bill:{bill.number}",
        contract_account_number=contract["account_number"],
        document_id=bill.document_id,
    )
