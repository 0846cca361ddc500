"""Put a one-off row on the next bill of a contract, or take it away again before it is billed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from sorgente.billing.core.one_offs import STAMP_DUTY, KindUnknown, check_kind, check_sign
from sorgente.billing.models import Deposit, OneOff
from sorgente.billing.queries.contract_facts import contract_facts
from sorgente.shared.errors import SorgenteError


class ReferenceUsedDifferently(SorgenteError):
    code = "billing.one-off.reference-used-differently"


class UnknownOneOff(SorgenteError):
    code = "billing.one-off.unknown"


class OneOffBilledAlready(SorgenteError):
    code = "billing.one-off.billed-already"


@transaction.atomic
def add_one_off(
    *,
    contract_number: str,
    kind: str,
    text: str,
    cents: int,
    from_on: date,
    reference: str,
    at: datetime,
    document_id: int | None = None,
    after: OneOff | None = None,
    deposit: Deposit | None = None,
) -> OneOff:
    """Let the next bill of a contract carry a row that no tariff makes.

    kind       of rules/billing/one_offs.yaml, but for the stamp duty, which a bill adds by itself
    text       Italian, as printed after the wording that the kind prescribes
    cents      before VAT; positive: the customer owes
    from_on    bills issued on this day or later take it
    reference  who asks, for ever: the same again with the same content is the row there is
    after      not on the bill of this row, nor before it (instalments)
    raises     KindUnknown, AmountOfWrongSign, UnknownContract, ReferenceUsedDifferently
    """
    check_kind(kind)
    if kind == STAMP_DUTY:
        raise KindUnknown("One-off row stamp_duty", "A bill brings its own.", "Leave it to the bill.")
    check_sign(kind, cents, subject=f"Contract {contract_number}, row {reference}")
    contract = contract_facts(contract_number)
    said: dict[str, Any] = {
        "contract_id": contract.id, "kind": kind, "text": text, "cents": cents, "document_id": document_id,
        "after_id": after.pk if after else None, "deposit_id": deposit.pk if deposit else None,
    }  # fmt: skip
    row, made = OneOff.objects.get_or_create(
        reference=reference, defaults={**said, "from_on": from_on, "recorded_at": at}
    )
    if not made:
        for name, value in said.items():
            if getattr(row, name) != value:
                raise ReferenceUsedDifferently(
                    f"One-off row {reference}",
                    f"It is there with another {name.removesuffix('_id')}: {getattr(row, name)}, now {value}.",
                    "Cancel the one there is, or give the new one its own reference.",
                )
    return row


@transaction.atomic
def cancel_one_off(*, reference: str, reason: str, at: datetime) -> OneOff:
    """Take a row away before it is billed; cancelled again, it stays as it is.

    raises  UnknownOneOff, OneOffBilledAlready
    """
    row = OneOff.objects.select_for_update().filter(reference=reference).first()
    if row is None:
        raise UnknownOneOff(f"One-off row {reference}", "There is none.", "Check the reference.")
    if row.state == OneOff.State.BILLED:
        raise OneOffBilledAlready(
            f"One-off row {reference}",
            f"It stands on a bill that went out: {row.bill}.",
            "Correct the bill, or add a row of the opposite amount.",
        )
    if row.state == OneOff.State.PENDING:
        row.state, row.cancelled_at, row.cancel_reason = OneOff.State.CANCELLED, at, reason[:200]
        row.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    return row
