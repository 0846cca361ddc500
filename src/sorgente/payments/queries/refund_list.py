"""Refunds as the desk shows them: what waits, what was handed over, what the bank has paid."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet, Sum

from sorgente.payments.models import Refund

STATES: list[tuple[str, str]] = [(state.value, str(state.label)) for state in Refund.State]
WAYS: list[tuple[str, str]] = [(way.value, str(way.label)) for way in Refund.Way]


def list_refunds(*, state: str = "", way: str = "", account: str = "") -> QuerySet[Any, Any]:
    """Return refunds, latest first, as dictionaries."""
    found = Refund.objects.all()
    if state:
        found = found.filter(state=state)
    if way:
        found = found.filter(way=way)
    if account:
        found = found.filter(contract_account__number=account)
    return (
        found.annotate(
            account=F("contract_account__number"),
            holder=F("contract_account__holder__name"),
            holder_id=F("contract_account__holder_id"),
            message_id=F("file__message_id"),
            sha256=F("file__document__sha256"),
        )
        .order_by("-id")
        .values(
            "id", "end_to_end_id", "account", "holder", "holder_id", "cents", "way", "iban_tail", "holder_name",
            "reason", "prepared_on", "state", "message_id", "sha256",
        )
    )  # fmt: skip


def refunds_waiting() -> tuple[int, int]:
    """Return how many refunds wait for a file, and their cents."""
    rows = Refund.objects.filter(state=Refund.State.PREPARED)
    return rows.count(), rows.aggregate(sum=Sum("cents"))["sum"] or 0
