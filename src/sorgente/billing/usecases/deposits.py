"""The security deposit of a contract: asked with its first bills, carried to an heir's contract, given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from sorgente.billing.core.deposits import (
    DepositTerms,
    deposit_terms,
    instalments,
    interest_cents,
    rates_of,
    required_cents,
    waiver,
)
from sorgente.billing.core.one_offs import DEPOSIT, DEPOSIT_INTEREST, DEPOSIT_RETURN
from sorgente.billing.models import Deposit, OneOff
from sorgente.billing.queries.contract_facts import ContractFacts, contract_facts
from sorgente.billing.queries.deposits import held_of
from sorgente.billing.usecases.one_offs import add_one_off, cancel_one_off
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

_DIRECT_DEBIT = "sdd"


class NoDeposit(SorgenteError):
    code = "billing.deposit.none"


class DepositThereAlready(SorgenteError):
    code = "billing.deposit.there-already"


@transaction.atomic
def require_deposit(*, contract_number: str, yearly_cents: int, on: date, at: datetime) -> Deposit:
    """Ask the deposit of a contract: the first share with its next bill, the rest with those that follow.

    yearly_cents  the charges expected in a year (new users: the mean of their class), of all units
    returns       the deposit; waived with its reason where direct debit or the bonus frees of it. Asked again, the
                  one there is, unless what freed of it has ended
    raises        UnknownContract, NoValue
    """
    contract = _locked(contract_number, on)
    terms = deposit_terms(rules(), on=on)
    latest = Deposit.objects.filter(contract_id=contract.id).order_by("-id").first()
    if latest is not None and latest.state == Deposit.State.REQUIRED:
        return latest
    reason = _waiver(contract, terms)
    if latest is not None and latest.state == Deposit.State.WAIVED and latest.reason == reason:
        return latest
    cents = required_cents(yearly_cents, terms, units=contract.units)
    if reason or cents == 0:
        return Deposit.objects.create(
            contract_id=contract.id, state=Deposit.State.WAIVED, required_cents=cents, reason=reason or "nothing",
            asked_on=on,
        )  # fmt: skip
    deposit = Deposit.objects.create(
        contract_id=contract.id, state=Deposit.State.REQUIRED, required_cents=cents, asked_on=on
    )
    _ask(deposit, contract_number, instalments(cents, terms), on, at)
    return deposit


@transaction.atomic
def transfer_deposit(*, from_contract: str, to_contract: str, on: date, at: datetime) -> Deposit:
    """Let a contract take the deposit of another over, as the heir's does: no money moves, the days held go on.

    returns  the deposit of the new contract; done again, the same
    raises   UnknownContract, NoDeposit, DepositThereAlready
    """
    old, new = _locked(from_contract, on), _locked(to_contract, on)
    deposit = Deposit.objects.filter(contract_id=old.id).order_by("-id").first()
    if deposit is not None and deposit.state == Deposit.State.TRANSFERRED:
        went_to = Deposit.objects.filter(came_from=deposit, contract_id=new.id).first()
        if went_to is not None:
            return went_to
    if deposit is None or deposit.state != Deposit.State.REQUIRED:
        raise NoDeposit(
            f"Contract {from_contract}",
            "It has no deposit to carry over.",
            "Ask the new contract for one, if it is due.",
        )
    if Deposit.objects.filter(contract_id=new.id, state=Deposit.State.REQUIRED).exists():
        raise DepositThereAlready(
            f"Contract {to_contract}", "It has a deposit of its own.", "Give the one of the old contract back instead."
        )
    pieces = held_of(deposit)
    left = [row.cents for row in _drop_pending(deposit, "deposit carried to another contract", at)]
    deposit.state, deposit.ended_on, deposit.reason = Deposit.State.TRANSFERRED, on, f"to {to_contract}"
    deposit.save(update_fields=["state", "ended_on", "reason"])
    made = Deposit.objects.create(
        contract_id=new.id,
        state=Deposit.State.REQUIRED,
        required_cents=deposit.required_cents,
        asked_on=on,
        carried=[[piece.cents, piece.since.isoformat() if piece.since else None] for piece in pieces],
        came_from=deposit,
    )
    _ask(made, to_contract, left, on, at)
    return made


@transaction.atomic
def return_deposit(*, contract_number: str, on: date, at: datetime, reason: str = "end of contract") -> Deposit:
    """Give the deposit back on the next bill, with the legal interest on what was paid of it, to a day excluded.

    What was billed and is not paid comes back too: it is set against that debt. What was not billed is dropped.
    returns  the deposit; given back before, it stays as it is
    raises   UnknownContract, NoDeposit, NoValue
    """
    contract = _locked(contract_number, on)
    deposit = Deposit.objects.filter(contract_id=contract.id).order_by("-id").first()
    if deposit is not None and deposit.state == Deposit.State.RETURNED:
        return deposit
    if deposit is None or deposit.state != Deposit.State.REQUIRED:
        raise NoDeposit(f"Contract {contract_number}", "It has no deposit to give back.", "There is nothing to do.")
    _drop_pending(deposit, "deposit given back", at)
    pieces = held_of(deposit)
    deposit.returned_cents = sum(piece.cents for piece in pieces)
    deposit.interest_cents = interest_cents(pieces, until=on, rates=rates_of(rules()))
    deposit.state, deposit.ended_on, deposit.reason = Deposit.State.RETURNED, on, reason[:200]
    deposit.save(update_fields=["state", "ended_on", "reason", "returned_cents", "interest_cents"])
    for kind, text, cents in (
        (DEPOSIT_RETURN, "Restituzione del deposito cauzionale", deposit.returned_cents),
        (DEPOSIT_INTEREST, "Interessi legali sul deposito cauzionale", deposit.interest_cents),
    ):
        if cents:
            add_one_off(
                contract_number=contract_number, kind=kind, text=text, cents=-cents, from_on=on,
                reference=f"deposit:{deposit.pk}:{kind}", at=at, deposit=deposit,
            )  # fmt: skip
    return deposit


@dataclass(slots=True)
class DepositsReviewed:
    returned: int = 0
    asked: int = 0


@transaction.atomic
def review_deposits(*, on: date, at: datetime) -> DepositsReviewed:
    """Give back the deposits of who has the bonus now; ask those whom only a direct debit, since ended, freed."""
    done = DepositsReviewed()
    terms = deposit_terms(rules(), on=on)
    alive = Deposit.objects.annotate(number=F("contract__number")).order_by("id")
    for deposit in alive.filter(state=Deposit.State.REQUIRED).iterator():
        if _waiver(contract_facts(deposit.number, on=on), terms) == "bonus":
            return_deposit(contract_number=deposit.number, on=on, at=at, reason="bonus")
            done.returned += 1
    waived = alive.filter(state=Deposit.State.WAIVED, reason="direct_debit")
    for deposit in waived.order_by("contract_id", "-id").distinct("contract_id"):
        contract = contract_facts(deposit.number, on=on)
        is_latest = not Deposit.objects.filter(contract_id=contract.id, pk__gt=deposit.pk).exists()
        supplied = contract.supplied_until is None or contract.supplied_until > on
        if is_latest and supplied and not _waiver(contract, terms):
            made = Deposit.objects.create(
                contract_id=contract.id, state=Deposit.State.REQUIRED, required_cents=deposit.required_cents,
                asked_on=on,
            )  # fmt: skip
            # The revoked debit makes it due in the next bill, whole ([S11d]).
            _ask(made, deposit.number, [deposit.required_cents], on, at)
            done.asked += 1
    return done


def _locked(contract_number: str, on: date) -> ContractFacts:
    """Return the contract; its deposits are locked until the transaction ends, so that two callers take turns."""
    contract = contract_facts(contract_number, on=on)
    list(Deposit.objects.select_for_update().filter(contract_id=contract.id))
    return contract


def _waiver(contract: ContractFacts, terms: DepositTerms) -> str:
    return waiver(
        terms,
        by_direct_debit=contract.payment_method == _DIRECT_DEBIT,
        yearly_milli=contract.yearly_milli,
        bonus=contract.bonus,
    )


def _ask(deposit: Deposit, contract_number: str, parts: list[int], on: date, at: datetime) -> None:
    before: OneOff | None = None
    for place, cents in enumerate(parts, start=1):
        text = "Deposito cauzionale" if len(parts) == 1 else f"Deposito cauzionale, rata {place} di {len(parts)}"
        before = add_one_off(
            contract_number=contract_number, kind=DEPOSIT, text=text, cents=cents, from_on=on,
            reference=f"deposit:{deposit.pk}:{place}", at=at, after=before, deposit=deposit,
        )  # fmt: skip


def _drop_pending(deposit: Deposit, reason: str, at: datetime) -> list[OneOff]:
    rows = OneOff.objects.filter(deposit=deposit, kind=DEPOSIT, state=OneOff.State.PENDING).order_by("id")
    return [cancel_one_off(reference=row.reference, reason=reason, at=at) for row in rows]
