"""One-off rows as others ask for them: what waits, what was billed and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet

from sorgente.billing.models import OneOff


@dataclass(frozen=True, slots=True)
class OneOffValues:
    id: int
    contract_number: str
    kind: str
    text: str
    cents: int  # before VAT; positive: the customer owes
    from_on: date
    reference: str
    document_id: int | None
    state: str  # pending, billed, cancelled
    bill_number: str  # empty until it is billed
    billed_on: date | None
    recorded_at: datetime
    cancel_reason: str


_COLUMNS = (
    "id", "contract__number", "kind", "text", "cents", "from_on", "reference", "document_id", "state", "bill__number",
    "bill__issued_on", "recorded_at", "cancel_reason",
)  # fmt: skip


def one_off(reference: str) -> OneOffValues | None:
    """Return the row of a reference, None where there is none."""
    return next(iter(one_off_values(OneOff.objects.filter(reference=reference))), None)


def one_offs_of_contract(contract_number: str) -> list[OneOffValues]:
    """Return the rows of a contract, latest first."""
    return one_off_values(OneOff.objects.filter(contract__number=contract_number).order_by("-id"))


def one_offs_of_bill(bill_number: str) -> list[OneOffValues]:
    """Return the rows that a bill took."""
    return one_off_values(OneOff.objects.filter(bill__number=bill_number).order_by("id"))


def pending_one_offs(*, kind: str = "") -> QuerySet[Any, Any]:
    """Return what waits for a bill, the oldest first, as dictionaries."""
    found = OneOff.objects.filter(state=OneOff.State.PENDING)
    if kind:
        found = found.filter(kind=kind)
    return found.annotate(contract_number=F("contract__number")).order_by("from_on", "id").values(
        "id", "contract_number", "kind", "text", "cents", "from_on", "reference"
    )  # fmt: skip


def one_off_values(rows: Any) -> list[OneOffValues]:
    return [
        OneOffValues(
            id=id, contract_number=contract, kind=kind, text=text, cents=cents, from_on=from_on, reference=reference,
            document_id=document, state=state, bill_number=bill or "", billed_on=billed_on, recorded_at=recorded_at,
            cancel_reason=reason,
        )
        for (
            id, contract, kind, text, cents, from_on, reference, document, state, bill, billed_on, recorded_at, reason,
        ) in rows.values_list(*_COLUMNS)
    ]  # fmt: skip
