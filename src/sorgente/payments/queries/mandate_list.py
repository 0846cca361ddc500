"""Mandates of contract accounts, without their IBANs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sorgente.payments.models import Mandate


@dataclass(frozen=True, slots=True)
class MandateLine:
    contract_account_id: int
    umr: str
    iban_tail: str
    holder_name: str
    signed_on: date
    state: str
    ended_on: date | None


def mandates_of(contract_account_ids: Iterable[int]) -> list[MandateLine]:
    """Return the mandates, the active one of each account first."""
    rows = Mandate.objects.filter(contract_account_id__in=list(contract_account_ids)).order_by("state", "-signed_on")
    return [
        MandateLine(
            contract_account_id=row.contract_account_id,
            umr=row.umr,
            iban_tail=row.iban_tail,
            holder_name=row.holder_name,
            signed_on=row.signed_on,
            state=row.state,
            ended_on=row.ended_on,
        )
        for row in rows
    ]


def active_mandate_id(contract_account_id: int) -> int | None:
    """Return the mandate an account is debited under, None when there is none."""
    return (
        Mandate.objects.filter(contract_account_id=contract_account_id, state=Mandate.State.ACTIVE)
        .values_list("pk", flat=True)
        .first()
    )
