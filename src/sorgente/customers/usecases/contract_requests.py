"""Open a contract request and move it on: every step checks what may follow and names who took it and why."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from sorgente.customers.core.requests import (
    DOCUMENTS,
    DRAFT,
    NEW_HOLDER,
    OPEN_STATES,
    READY,
    SIGNED,
    TO_SIGN,
    UNSIGNED,
    DayRange,
    UnknownRequest,
    check_transition,
    missing,
)
from sorgente.customers.models import ContractRequest, SupplyContract
from sorgente.customers.queries.request_facts import checklist_of
from sorgente.customers.usecases.because import because
from sorgente.customers.usecases.supply_contract import UnknownContract
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules


class RequestClosed(SorgenteError):
    code = "customers.request.closed"


class ChecklistIncomplete(SorgenteError):
    code = "customers.request.checklist-incomplete"


class DayOutOfRange(SorgenteError):
    code = "customers.request.day-out-of-range"


class ContractEnding(SorgenteError):
    code = "customers.request.contract-ending"


class ContractAskedAlready(SorgenteError):
    code = "customers.request.contract-asked-already"


@transaction.atomic
def open_request(
    *, kind: str, opened_by: str, at: datetime, channel: str = "desk", contract_number: str = ""
) -> ContractRequest:
    """Open a request; the one about a contract (household, termination) knows holder, account and point at once.

    raises  UnknownContract, ContractEnding, ContractAskedAlready (names the request there is)
    """
    request = ContractRequest(
        number=_next_number(at.year),
        kind=ContractRequest.Kind(kind),
        channel=ContractRequest.Channel(channel),
        opened_by=opened_by,
        received_at=at,
    )
    if contract_number:
        _about(request, contract_number, at.date())
    with because(author=opened_by, reason=f"Richiesta {request.number}: {request.get_kind_display()}"):
        request.save()
        settle(request, at=at)
    return request


def locked_request(number: str) -> ContractRequest:
    """Return the request locked for change; raises UnknownRequest."""
    found = ContractRequest.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise UnknownRequest(f"Request {number}", "There is none.", "Check the number: it reads R2026-000123.")
    return found


def open_locked_request(number: str) -> ContractRequest:
    """Return a request that is still open, locked for change; raises UnknownRequest, RequestClosed."""
    request = locked_request(number)
    if request.state not in OPEN_STATES:
        raise RequestClosed(
            f"Request {number}", f"It is {request.state}.", "Open a new request: a closed one stays as it is."
        )
    return request


def save_step(request: ContractRequest, *, author: str, reason: str, at: datetime) -> ContractRequest:
    """Save what a step recorded, under its author and reason, and let the state follow from it."""
    with because(author=author, reason=f"Richiesta {request.number}: {reason}"):
        request.save()
        settle(request, at=at)
    return request


def settle(request: ContractRequest, *, at: datetime) -> None:
    """Let the state follow from what is there: data, papers, signature. Steps taken by a person are not undone."""
    items = checklist_of(request, on=at.date())
    state = request.state
    if state in (DRAFT, DOCUMENTS):
        told = [one for one in missing(items, TO_SIGN) if not one.paper]
        state = DRAFT if told else DOCUMENTS
    whole = not missing(items, READY)
    if whole and (state == SIGNED or (state == DOCUMENTS and request.kind in UNSIGNED)):
        state = READY
    elif state == READY and not whole:
        state = SIGNED if request.signed_document_id is not None else DOCUMENTS
    if state == request.state:
        return
    # A household or a notice may have all it needs in one step: it passes through `documents`.
    if request.state == DRAFT and state == READY:
        move(request, DOCUMENTS)
    move(request, state)
    request.complete_at = at if state == READY else None
    request.save()


def move(request: ContractRequest, to: str) -> None:
    """Set the state after checking that it may follow; raises WrongTransition."""
    check_transition(number=request.number, kind=request.kind, state=request.state, to=to)
    request.state = to


def need_items(request: ContractRequest, *, before: str, on: date) -> None:
    """Refuse a step while the checklist lacks something for it; raises ChecklistIncomplete listing it."""
    lacking = missing(checklist_of(request, on=on), before)
    if lacking:
        listed = "; ".join(f"{one.label} ({one.note})" if one.note else one.label for one in lacking)
        raise ChecklistIncomplete(
            f"Request {request.number}", f"{len(lacking)} things are missing: {listed}.", "Record them, then go on."
        )


def check_day(request: ContractRequest, day: date) -> None:
    """Refuse a day too far from the day of the request; raises DayOutOfRange naming the days there are."""
    days = days_of(request.kind, received_on=request.received_at.date())
    if day not in days:
        raise DayOutOfRange(
            f"Request {request.number}",
            f"{day} is not between {days.earliest} and {days.latest}.",
            "Choose a day in between, or open the request on a day nearer to it.",
        )


def days_of(kind: str, *, received_on: date) -> DayRange:
    """Return the days that may be asked for in a request received on a day; source rules/contracts/days.yaml."""
    figures = rules().value("contracts.days", on=received_on)[kind]
    return DayRange(received_on - timedelta(days=figures["back"]), received_on + timedelta(days=figures["ahead"]))


def _about(request: ContractRequest, contract_number: str, today: date) -> None:
    contract = (
        SupplyContract.objects.select_related("contract_account__holder", "contract_account__billing_address")
        .filter(number=contract_number)
        .first()
    )
    if contract is None:
        raise UnknownContract(
            f"Contract {contract_number}", "There is no such contract.", "Look it up on the customer's page."
        )
    end = contract.supplied.upper
    if end is not None and end <= today:
        raise ContractEnding(
            f"Contract {contract.number}", f"It ended on {end}.", "Choose a contract that is still supplied."
        )
    refuse_second(contract_id=contract.pk, what=f"Contract {contract.number}")
    account, party = contract.contract_account, contract.contract_account.holder
    request.contract, request.account, request.party = contract, account, party
    request.point_id = contract.service_point_id
    request.bill_channel, request.billing_address = account.channel, account.billing_address
    request.email = account.email
    for name in ("name", "first_name", "surname", "born_on", "tax_code", "vat_number", "sdi_code", "pec", "language"):
        setattr(request, name, getattr(party, name))
    request.applicant_kind = party.kind
    terms = contract.terms.filter(replaced_at=None, valid__contains=today).first()
    if terms is not None:
        for name in ("tariff", "category", "residents", "units", "other_units", "services"):
            setattr(request, name, getattr(terms, name))


def refuse_second(*, what: str, contract_id: int | None = None, point_id: int | None = None, but: str = "") -> None:
    """Refuse a second open request that would end, hand over or begin the same supply; raises ContractAskedAlready."""
    found = ContractRequest.objects.filter(state__in=OPEN_STATES).exclude(number=but)
    if contract_id is not None:
        found = found.filter(contract_id=contract_id) | found.filter(leaving_contract_id=contract_id)
    else:
        found = found.filter(point_id=point_id, kind__in=NEW_HOLDER)
    other = found.order_by("received_at").first()
    if other is not None:
        raise ContractAskedAlready(
            what,
            f"Request {other.number} ({other.kind}, {other.state}) is open about it.",
            f"Go on with {other.number}, or cancel it first.",
        )


def _next_number(year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_requestyear (year, latest) VALUES (%s, 1)"
            " ON CONFLICT (year) DO UPDATE SET latest = customers_requestyear.latest + 1 RETURNING latest",
            [year],
        )
        return f"R{year}-{cursor.fetchone()[0]:06d}"
