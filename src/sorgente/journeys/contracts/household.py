"""A household that changed on a past day: the terms from that day, and what was billed since made again.

billed    |---- bill 1, 2 residents ----|---- bill 2, 2 residents ----|
change              from_on ▼ 3 residents
then      |---- bill 1 and 2 credited, one new bill over their days: 2 residents, then 3 ----|
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sorgente.billing.queries.standing_bills import bills_resting_on
from sorgente.billing.usecases.correct_bill import correct_bill
from sorgente.customers.queries.requests import RequestView
from sorgente.customers.usecases.change_terms import change_terms
from sorgente.journeys.contracts.outcome import Outcome


def carry_out(request: Any, view: RequestView, *, author: str, at: datetime) -> Outcome:
    """Change the terms from the day told and bill anew what rests on the old ones, exact to the cent.

    raises  ChangeOutsideContract, NothingChanges, CorrectionNotBillable, DatesGoBack
    """
    del view, author
    on = request.desired_on
    change_terms(
        contract_id=request.contract_id,
        from_on=on,
        reason=f"Richiesta {request.number}",
        recorded_at=at,
        tariff=request.tariff,
        category=request.category,
        residents=request.residents,
        units=request.units or 1,
        other_units=request.other_units,
    )
    return Outcome(on, bills=bill_anew(request.contract_id, from_on=on, at=at))


def bill_anew(contract_id: int, *, from_on: date, at: datetime) -> tuple[str, ...]:
    """Credit the bills that charge days from `from_on` on, and bill their days again; returns the numbers issued.

    The earliest of them takes those that followed along (correct_bill); without any there is nothing to do.
    """
    wrong = bills_resting_on(contract_id, from_on=from_on)
    if not wrong:
        return ()
    done = correct_bill(number=wrong[0], corrected_on=at.date(), at=at)
    return (*done.credit_notes, done.bill)
