"""What every step of a request shares: whether it may be recorded now, and what follows from it."""

from __future__ import annotations

from datetime import datetime

from sorgente.customers.core.requests import DOCUMENTS, READY, SIGNED, TO_SIGN
from sorgente.customers.models import ContractRequest, Party, SupplyContract
from sorgente.customers.usecases.contract_requests import move, open_locked_request, save_step
from sorgente.shared.errors import SorgenteError


class AnswerSigned(SorgenteError):
    code = "customers.request.answer-signed"


class AnswerNotAsked(SorgenteError):
    code = "customers.request.answer-not-asked"


class SameHolder(SorgenteError):
    code = "customers.request.same-holder"


def editable(number: str, *kinds: str) -> ContractRequest:
    """Return the request when its kind asks this and nothing is signed; raises AnswerNotAsked, AnswerSigned."""
    request = open_locked_request(number)
    if request.kind not in kinds:
        raise not_asked(request)
    if request.signed_document_id is not None and request.state in (SIGNED, READY):
        raise AnswerSigned(
            f"Request {number}", "The customer has signed what was told.", "Cancel the request and open a new one."
        )
    return request


def saved(request: ContractRequest, *, author: str, reason: str, at: datetime) -> ContractRequest:
    # The paper no longer says what was agreed: it is made again.
    if request.state == TO_SIGN:
        move(request, DOCUMENTS)
        request.paper, request.envelope_id = None, None
    return save_step(request, author=author, reason=reason, at=at)


def not_asked(request: ContractRequest) -> AnswerNotAsked:
    return AnswerNotAsked(
        f"Request {request.number}", f"A request of kind {request.kind} does not ask this.", "Go on with its checklist."
    )


def same_holder(holder: Party, contract: SupplyContract) -> SameHolder:
    return SameHolder(
        f"Contract {contract.number}", f"{holder.name} holds it already.", "Change its data instead of taking it over."
    )
