"""Carry a request out: everything it changes in one transaction, then the bills it brings.

begin ─▶ [ subscribe | take over | household | leave ] ─▶ executed, clock stopped   one transaction, once
                                                      ─▶ closing bill, correction   each resumable, by its own name
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.customers.core.requests import EXECUTED
from sorgente.customers.queries.requests import RequestView, request_view
from sorgente.customers.usecases.because import because
from sorgente.customers.usecases.request_outcome import begin_execution, record_bills, record_execution
from sorgente.journeys.contracts import household, leave, subscribe, take_over
from sorgente.journeys.contracts.closing_bills import close_supply, publish
from sorgente.journeys.contracts.outcome import Outcome
from sorgente.journeys.contracts.steps import followed
from sorgente.journeys.contracts.welcome import welcome

_ACTS = {
    "activation": subscribe.carry_out,
    "subentro": subscribe.carry_out,
    "takeover": take_over.carry_out,
    "takeover_by_death": take_over.carry_out,
    "household": household.carry_out,
    "termination": leave.carry_out,
}


def execute(*, number: str, author: str, at: datetime, bills_now: bool = True) -> RequestView:
    """Carry out a request that has all it needs; carried out before, only its bills are looked after.

    bills_now  make the closing bill and send corrections at once; else the next bill cycle makes the closing bill
    raises     ChecklistIncomplete, WrongTransition, and what each act raises: nothing is changed then
    """
    with transaction.atomic():
        before = followed(number, at=at)
        request = begin_execution(number=number, at=at)
        if request.state != EXECUTED:
            with because(author=author, reason=f"Richiesta {number}: {before.line.kind_label}"):
                outcome: Outcome = _ACTS[request.kind](request, before, author=author, at=at)
                record_execution(
                    request, effective_on=outcome.effective_on, author=author, at=at,
                    contract_id=outcome.contract_id, account_id=outcome.account_id, point_id=outcome.point_id,
                )  # fmt: skip
            record_bills(number=number, bills=outcome.bills)
            followed(number, at=at)
        # After the commit, so that a preview mails nobody; a mail server that is down undoes nothing (it is logged,
        # and the first bill carries a code).
        transaction.on_commit(lambda: welcome(number=number, at=at), robust=True)
    if bills_now:
        look_after_bills(number=number, at=at)
    return request_view(number, as_of=at.date())


def look_after_bills(*, number: str, at: datetime) -> list[str]:
    """Make the closing bill of a supply that ended, send what a correction issued; returns the numbers there are.

    Safe to call again: a closing bill is made once, a bill leaves once. One that the gate holds waits for a person.
    """
    view = request_view(number, as_of=at.date())
    if view.line.state != EXECUTED or view.effective_on is None:
        return []
    ended = view.contract_number if view.line.kind == "termination" else view.leaving_contract_number
    if ended:
        made = close_supply(name=f"chiusura {number}", contract_number=ended, ends_on=view.effective_on, at=at)
        record_bills(number=number, bills=made)
    elif view.bills:
        publish(view.bills, at=at)
    return list(request_view(number, as_of=at.date()).bills)
