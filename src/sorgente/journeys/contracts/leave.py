"""Disdetta: the final read, the end of the contract, the deposit on its way back (RQSII art. 14)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sorgente.archive.usecases.end_subject import end_subject
from sorgente.billing.queries.deposits import deposit_of
from sorgente.billing.usecases.deposits import return_deposit
from sorgente.customers.queries.overview import account_overview
from sorgente.customers.queries.requests import RequestView
from sorgente.customers.usecases.contract_account import change_delivery, close_contract_account
from sorgente.customers.usecases.supply_contract import end_supply_contract
from sorgente.journeys.contracts.meter import end_supply_read
from sorgente.journeys.contracts.outcome import Outcome
from sorgente.journeys.contracts.subscribe import address_values
from sorgente.payments.queries.mandate_list import mandates_of


def carry_out(request: Any, view: RequestView, *, author: str, at: datetime) -> Outcome:
    """End a supply on the day of its final read; the closing bill carries the deposit back with its interest."""
    del view, author
    on = request.read_on
    contract = request.contract
    end_supply_read(
        point_id=contract.service_point_id, read_on=on, index_milli=request.read_milli, kind=request.read_kind,
        removes=request.removes_meter, confirmed_by=request.read_confirmed_by, at=at,
    )  # fmt: skip
    change_delivery(
        account_id=contract.contract_account_id,
        channel=request.bill_channel,
        email=request.email or None,
        address=address_values(request.billing_address),
    )
    end_contract(contract, ends_on=on, reason=f"Disdetta, richiesta {request.number}", at=at)
    give_deposit_back(contract.number, on=on, at=at)
    return Outcome(on)


def end_contract(contract: Any, *, ends_on: date, reason: str, at: datetime) -> None:
    """End a contract, and its account when nothing else is supplied on it; `ends_on` is the first day without.

    From that day the years run for which its papers, and those of the account's mandates, are kept.
    """
    end_supply_contract(contract_id=contract.pk, ends_on=ends_on, reason=reason, recorded_at=at)
    account_id = contract.contract_account_id
    others = account_overview(account_id, as_of=ends_on).contracts
    if all(one.end is not None and one.end <= ends_on for one in others):
        close_contract_account(account_id=account_id, closed_on=ends_on)
        for mandate in mandates_of([account_id]):
            end_subject(subject=f"mandate:{mandate.umr}", ended_on=mandate.ended_on or ends_on, at=at)
    end_subject(subject=f"contract:{contract.number}", ended_on=ends_on, at=at)


def give_deposit_back(contract_number: str, *, on: date, at: datetime) -> None:
    """Put the deposit, with legal interest, on the closing bill; without one there is nothing to give."""
    held = deposit_of(contract_number)
    if held is not None and held.state == "required":
        return_deposit(contract_number=contract_number, on=on, at=at)
