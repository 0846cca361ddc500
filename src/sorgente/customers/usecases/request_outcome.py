"""How a request ends: carried out, cancelled by the customer, refused by us."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from sorgente.customers.core.requests import CANCELLED, EXECUTED, OPEN_STATES, REFUSED, check_transition
from sorgente.customers.models import ContractRequest
from sorgente.customers.usecases.because import because
from sorgente.customers.usecases.contact_points import add_contact_point
from sorgente.customers.usecases.contract_requests import locked_request, move, need_items, open_locked_request
from sorgente.customers.usecases.register_party import register_party
from sorgente.shared.errors import SorgenteError


class ReasonMissing(SorgenteError):
    code = "customers.request.reason-missing"


def party_of_request(request: ContractRequest, *, at: datetime) -> int:
    """Return the party who asks, registered now if it is new to us, with the contacts it gave.

    raises  what register_party and add_contact_point raise
    """
    party_id = request.party_id
    if party_id is None:
        party_id = register_party(
            kind=request.applicant_kind,
            name=request.name,
            first_name=request.first_name,
            surname=request.surname,
            born_on=request.born_on,
            tax_code=request.tax_code,
            vat_number=request.vat_number,
            sdi_code=request.sdi_code,
            pec=request.pec,
            language=request.language,
            name_proven_by=request.name_proven_by,
        ).pk
    for kind, value in (("email", request.email), ("mobile", request.mobile)):
        if value:
            add_contact_point(party_id=party_id, kind=kind, value=value, given_at=at, preferred=True)
    return party_id


@transaction.atomic
def begin_execution(*, number: str, at: datetime) -> ContractRequest:
    """Return the request locked, after checking that it may be carried out now.

    raises  ChecklistIncomplete, WrongTransition
    """
    request = locked_request(number)
    if request.state != EXECUTED:
        # What is missing says more than the name of a state.
        if request.state in OPEN_STATES:
            need_items(request, before=EXECUTED, on=at.date())
        check_transition(number=number, kind=request.kind, state=request.state, to=EXECUTED)
    return request


def record_execution(
    request: ContractRequest,
    *,
    effective_on: date,
    author: str,
    at: datetime,
    contract_id: int | None = None,
    account_id: int | None = None,
    point_id: int | None = None,
) -> ContractRequest:
    """Note that the request was carried out from a day, and what came of it; raises WrongTransition."""
    move(request, EXECUTED)
    request.effective_on, request.executed_at = effective_on, at
    for name, value in (("contract_id", contract_id), ("account_id", account_id), ("point_id", point_id)):
        if value is not None:
            setattr(request, name, value)
    with because(author=author, reason=f"Richiesta {request.number} eseguita dal {effective_on}"):
        request.save()
    return request


@transaction.atomic
def record_bills(*, number: str, bills: Iterable[str]) -> None:
    """Note the numbers of the bills that the request brought; those noted already stay."""
    request = locked_request(number)
    known = request.bills.split()
    request.bills = " ".join([*known, *(one for one in bills if one not in known)])
    request.save(update_fields=["bills"])


@transaction.atomic
def cancel_request(*, number: str, author: str, at: datetime, reason: str) -> ContractRequest:
    """Close a request the customer gave up; raises RequestClosed, ReasonMissing."""
    return _close(number, CANCELLED, author, at, reason)


@transaction.atomic
def refuse_request(*, number: str, author: str, at: datetime, reason: str) -> ContractRequest:
    """Close a request we do not grant (arrears of who occupied the premises, no title); raises as cancel_request."""
    return _close(number, REFUSED, author, at, reason)


def _close(number: str, state: str, author: str, at: datetime, reason: str) -> ContractRequest:
    request = open_locked_request(number)
    if not reason.strip():
        raise ReasonMissing(f"Request {number}", "No reason is given.", "Say why: the customer is told, and it stays.")
    move(request, state)
    request.closed_at, request.outcome_reason = at, reason.strip()[:300]
    with because(author=author, reason=f"Richiesta {number}: {request.outcome_reason}"):
        request.save()
    return request
