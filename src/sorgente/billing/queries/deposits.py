"""Security deposits: what was asked, billed and paid of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from sorgente.billing.core.deposits import Held
from sorgente.billing.core.one_offs import DEPOSIT
from sorgente.billing.models import Deposit, OneOff
from sorgente.billing.queries.one_off_list import OneOffValues, one_off_values
from sorgente.ledger.queries.accounts import items_of, settlements_of


@dataclass(frozen=True, slots=True)
class DepositValues:
    """A deposit as it stands.

    billed_cents     asked on bills, with what an earlier contract brought along
    collected_cents  of that, paid
    """

    contract_number: str
    state: str  # required, waived, returned, transferred
    reason: str  # direct_debit or bonus where it is waived; why it ended
    required_cents: int
    billed_cents: int
    collected_cents: int
    returned_cents: int
    interest_cents: int
    asked_on: date
    ended_on: date | None
    rows: tuple[OneOffValues, ...]


def deposit_of(contract_number: str) -> DepositValues | None:
    """Return the latest deposit of a contract, None where none was ever asked."""
    deposit = Deposit.objects.filter(contract__number=contract_number).order_by("-id").first()
    if deposit is None:
        return None
    pieces = held_of(deposit)
    return DepositValues(
        contract_number=contract_number,
        state=deposit.state,
        reason=deposit.reason,
        required_cents=deposit.required_cents,
        billed_cents=sum(piece.cents for piece in pieces),
        collected_cents=sum(piece.cents for piece in pieces if piece.since is not None),
        returned_cents=deposit.returned_cents,
        interest_cents=deposit.interest_cents,
        asked_on=deposit.asked_on,
        ended_on=deposit.ended_on,
        rows=tuple(one_off_values(OneOff.objects.filter(deposit=deposit).order_by("id"))),
    )


def held_of(deposit: Deposit) -> list[Held]:
    """Return what was billed of a deposit, each piece with the day its bill was paid, and what was carried in."""
    pieces = [Held(cents, date.fromisoformat(since) if since else None) for cents, since in deposit.carried]
    billed = OneOff.objects.filter(deposit=deposit, kind=DEPOSIT, state=OneOff.State.BILLED).select_related("bill")
    for row in billed.order_by("id"):
        assert row.bill is not None
        pieces.append(Held(row.cents, paid_on(row.bill.number, issued_on=row.bill.issued_on)))
    return pieces


def paid_on(bill_number: str, *, issued_on: date) -> date | None:
    """Return the day a bill was settled to the last cent, None while it is not; one that asks nothing: its issue."""
    owed = [item for item in items_of(bill_number) if item.cents > 0]
    if any(item.open_cents for item in owed):
        return None
    days = [one.allocated_on for one in settlements_of(bill_number) if one.cents > 0]
    return max(days, default=issued_on)


def deposits_billed(contract_ids: Iterable[int]) -> dict[int, int]:
    """Return contract -> cents of its living deposit that were billed or carried in, for the bills that tell it."""
    found: dict[int, int] = {}
    alive = Deposit.objects.filter(contract_id__in=list(contract_ids), state=Deposit.State.REQUIRED)
    for deposit in alive.order_by("id"):
        found[deposit.contract_id] = sum(cents for cents, _ in deposit.carried)
    rows = OneOff.objects.filter(deposit__in=alive, kind=DEPOSIT, state=OneOff.State.BILLED)
    for contract, cents in rows.values_list("contract_id").annotate(cents=Sum("cents")).order_by():
        found[contract] = found.get(contract, 0) + cents
    return {contract: cents for contract, cents in found.items() if cents}
