"""Voltura: the supply goes on, the holder changes on the day of the read (RQSII art. 15-17).

leaving   |======= closing bill up to the read =======|
entering                                              |==== new contract, same litre, no gap ====…
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sorgente.billing.queries.deposits import deposit_of
from sorgente.billing.usecases.deposits import transfer_deposit
from sorgente.customers.queries.requests import RequestView
from sorgente.customers.usecases.contract_account import change_delivery
from sorgente.journeys.contracts.leave import end_contract, give_deposit_back
from sorgente.journeys.contracts.outcome import Outcome
from sorgente.journeys.contracts.subscribe import address_values, ask_deposit, new_contract


def carry_out(request: Any, view: RequestView, *, author: str, at: datetime) -> Outcome:
    """End the leaving contract and open the entering one on the day of the read.

    After a death the deposit moves with the supply and nothing is charged (RQSII art. 16); else the leaving customer
    gets it back with the closing bill, and the entering one is asked for another.
    """
    del view
    on = request.read_on
    leaving = request.leaving_contract
    by_death = request.kind == "takeover_by_death"
    if by_death:
        _address_to_heirs(request)
    end_contract(leaving, ends_on=on, reason=f"Voltura, richiesta {request.number}", at=at)
    new = new_contract(request, on=on, author=author, at=at)
    held = deposit_of(leaving.number)
    if by_death and held is not None and held.state == "required":
        transfer_deposit(from_contract=leaving.number, to_contract=new.contract_number, on=on, at=at)
    else:
        give_deposit_back(leaving.number, on=on, at=at)
        if not by_death:
            ask_deposit(request, new, on=on, at=at)
    return Outcome(on, contract_id=new.contract_id, account_id=new.account_id, point_id=new.point_id)


def _address_to_heirs(request: Any) -> None:
    """Send what the dead holder still owes or is owed to the heirs, where who asks gets theirs (CON-04)."""
    account = request.leaving_contract.contract_account
    change_delivery(
        account_id=account.pk,
        channel="post",
        address=address_values(request.billing_address),
        addressee=f"Eredi di {account.holder.name}",
    )
