"""Open and end the supply of a service point on behalf of a contract account."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from sorgente.customers.core.values import Terms
from sorgente.customers.models import ServicePoint, SupplyContract, SupplyTerms
from sorgente.customers.usecases.contract_account import locked_account, next_number
from sorgente.customers.usecases.service_point import UnknownServicePoint
from sorgente.customers.usecases.terms_rows import as_range, current_rows, replace_rows
from sorgente.shared.errors import SorgenteError
from sorgente.shared.period import Period


class PointAlreadySupplied(SorgenteError):
    code = "customers.contract.point-already-supplied"


class AccountNotOpen(SorgenteError):
    code = "customers.contract.account-not-open"


class UnknownContract(SorgenteError):
    code = "customers.contract.unknown"


class ContractAlreadyEnded(SorgenteError):
    code = "customers.contract.already-ended"


class ContractEndsTooEarly(SorgenteError):
    code = "customers.contract.ends-too-early"


@transaction.atomic
def open_supply_contract(
    *,
    contract_account_id: int,
    service_point_id: int,
    starts_on: date,
    terms: Terms,
    recorded_at: datetime,
    ends_on: date | None = None,
    number: str = "",
    reason: str = "",
) -> SupplyContract:
    """Open a supply contract from a day (until another, excluded) with its first terms.

    raises  UnknownAccount, UnknownServicePoint, AccountNotOpen, EmptyPeriod; PointAlreadySupplied naming the
            contract in the way
    """
    period = Period(starts_on, ends_on)
    account = locked_account(contract_account_id)
    if account.closed_on is not None and account.closed_on <= starts_on:
        raise AccountNotOpen(
            f"Contract account {account.number}",
            f"It was closed on {account.closed_on}.",
            "Open a new account for the holder.",
        )
    point = ServicePoint.objects.filter(pk=service_point_id).first()
    if point is None:
        raise UnknownServicePoint(f"Service point {service_point_id}", "There is no such point.", "Create it first.")
    contract = SupplyContract(
        number=number or next_number("contract"),
        contract_account=account,
        service_point=point,
        supplied=as_range(period),
    )
    try:
        with transaction.atomic():
            contract.save()
    except IntegrityError as problem:
        if "supply_contract_one_per_service_point_and_day" not in str(problem):
            raise
        raise _in_the_way(point, period) from None
    SupplyTerms.objects.create(
        contract=contract, valid=as_range(period), recorded_at=recorded_at, reason=reason, **asdict(terms)
    )
    return contract


@transaction.atomic
def end_supply_contract(*, contract_id: int, ends_on: date, reason: str, recorded_at: datetime) -> SupplyContract:
    """End a contract: `ends_on` is the first day without supply.

    raises  UnknownContract, ContractAlreadyEnded, ContractEndsTooEarly
    """
    contract = locked_contract(contract_id)
    start, end = contract.supplied.lower, contract.supplied.upper
    if end is not None and end <= ends_on:
        raise ContractAlreadyEnded(
            f"Contract {contract.number}",
            f"Its latest day of supply is {end - timedelta(days=1)} already.",
            "To lengthen it, open a new contract from that day.",
        )
    if ends_on <= start:
        raise ContractEndsTooEarly(
            f"Contract {contract.number}",
            f"It began on {start} and cannot end on {ends_on}.",
            "Give a day after the start; a contract signed by mistake is cancelled with a complaint.",
        )
    contract.supplied = as_range(Period(start, ends_on))
    contract.save()
    kept = Period(start, ends_on)
    beyond = [row for row in current_rows(contract.pk) if row.valid.upper is None or row.valid.upper > ends_on]
    replace_rows(
        beyond,
        [
            (piece, row, {"reason": reason})
            for row in beyond
            if (piece := Period(row.valid.lower, row.valid.upper).cut(kept))
        ],
        recorded_at,
    )
    return contract


def locked_contract(contract_id: int) -> SupplyContract:
    """Return the contract locked for change; raises UnknownContract."""
    contract = SupplyContract.objects.select_for_update(of=("self",)).filter(pk=contract_id).first()
    if contract is None:
        raise UnknownContract(
            f"Contract {contract_id}", "There is no such contract.", "Look it up on the customer's page."
        )
    return contract


def _in_the_way(point: ServicePoint, period: Period) -> PointAlreadySupplied:
    other = (
        SupplyContract.objects.select_related("contract_account__holder")
        .filter(service_point=point, supplied__overlap=as_range(period))
        .order_by("supplied")
        .first()
    )
    assert other is not None, "the database refused an overlap that is not there"
    until = "" if other.supplied.upper is None else f" to {other.supplied.upper - timedelta(days=1)}"
    return PointAlreadySupplied(
        f"Service point {point.code}",
        f"Contract {other.number} of {other.contract_account.holder.name} supplies it"
        f" from {other.supplied.lower}{until}.",
        "End that contract first, or start the new one after it.",
    )
