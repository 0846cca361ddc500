"""Papers of a request: what is brought to it, what is to be signed, what was signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from sorgente.customers.core.requests import DOCUMENTS, NEW_HOLDER, READY, SIGNED, TO_SIGN
from sorgente.customers.models import ContractRequest, RequestDocument
from sorgente.customers.usecases.contract_account import next_number
from sorgente.customers.usecases.contract_requests import (
    move,
    need_items,
    open_locked_request,
    save_step,
)
from sorgente.shared.errors import SorgenteError


class PaperIncomplete(SorgenteError):
    code = "customers.request.paper-incomplete"


class PaperExpired(SorgenteError):
    code = "customers.request.paper-expired"


class UnknownPaper(SorgenteError):
    code = "customers.request.paper-unknown"


class NothingToSign(SorgenteError):
    code = "customers.request.nothing-to-sign"


@transaction.atomic
def attach_paper(
    *,
    number: str,
    author: str,
    at: datetime,
    kind: str,
    document_id: int | None = None,
    paper_number: str = "",
    issuer: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> ContractRequest:
    """Add a paper to a request: its copy in the archive, or what it says when it was only seen. The same again is one.

    raises  RequestClosed; PaperIncomplete (an identity document needs number and issuer; any other a copy or a
            number), PaperExpired
    """
    request = open_locked_request(number)
    kind = RequestDocument.Kind(kind)
    identity = kind == RequestDocument.Kind.IDENTITY
    if (identity and not (paper_number.strip() and issuer.strip())) or not (document_id or paper_number.strip()):
        raise PaperIncomplete(
            f"Request {number}, {kind}",
            "It has neither a copy nor a number." if not identity else "Its number or its issuer is missing.",
            "Scan it, or copy number and issuer from it.",
        )
    if expires_on is not None and expires_on < at.date():
        raise PaperExpired(f"Request {number}, {kind}", f"It ran out on {expires_on}.", "Ask for one that is valid.")
    values = {
        "document_id": document_id,
        "number": paper_number.strip().upper(),
        "issuer": issuer.strip(),
        "issued_on": issued_on,
        "expires_on": expires_on,
    }
    if not RequestDocument.objects.filter(request=request, kind=kind, withdrawn_at=None, **values).exists():
        RequestDocument.objects.create(request=request, kind=kind, added_by=author, added_at=at, **values)
    return save_step(request, author=author, reason=f"documento: {kind.label}", at=at)


@transaction.atomic
def withdraw_paper(*, number: str, paper_id: int, author: str, at: datetime) -> ContractRequest:
    """Set aside a paper brought by mistake; it stays on record. Raises RequestClosed, UnknownPaper."""
    request = open_locked_request(number)
    paper = RequestDocument.objects.filter(request=request, pk=paper_id, withdrawn_at=None).first()
    if paper is None:
        raise UnknownPaper(f"Request {number}", f"It has no paper {paper_id}.", "Open the request again.")
    paper.withdrawn_at = at
    paper.save(update_fields=["withdrawn_at"])
    return save_step(request, author=author, reason=f"documento tolto: {paper.get_kind_display()}", at=at)


@transaction.atomic
def reserve_numbers(*, number: str, at: datetime) -> ContractRequest:
    """Give the request the numbers its paper prints, once: of the contract, the account, the mandate.

    raises  RequestClosed, ChecklistIncomplete: numbers are not spent on a request that cannot be signed
    """
    request = open_locked_request(number)
    need_items(request, before=TO_SIGN, on=at.date())
    if request.kind in NEW_HOLDER and not request.contract_number:
        request.contract_number = next_number("contract")
        request.account_number = next_number("account")
        request.save(update_fields=["contract_number", "account_number"])
    return request


@transaction.atomic
def put_to_sign(*, number: str, document_id: int, party_id: int, author: str, at: datetime) -> ContractRequest:
    """Take the paper that is to be signed; raises RequestClosed, ChecklistIncomplete, WrongTransition."""
    request = open_locked_request(number)
    need_items(request, before=TO_SIGN, on=at.date())
    if request.state != TO_SIGN:
        move(request, TO_SIGN)
    request.paper_id, request.envelope_id, request.party_id = document_id, None, party_id
    return save_step(request, author=author, reason="contratto pronto da firmare", at=at)


@transaction.atomic
def open_signature(*, number: str, envelope_id: int, author: str, at: datetime) -> ContractRequest:
    """Note the envelope the paper is signed in; raises RequestClosed, NothingToSign."""
    request = _to_sign(number)
    request.envelope_id = envelope_id
    return save_step(request, author=author, reason=f"firma aperta, busta {envelope_id}", at=at)


@transaction.atomic
def record_signature(
    *,
    number: str,
    document_id: int,
    fields: Iterable[str],
    signed_by: str,
    author: str,
    at: datetime,
) -> ContractRequest:
    """Take the signed paper; the same one again changes nothing.

    fields     keys of the fields that were signed: contract, mandate, consents …
    signed_by  tablet, otp, paper or web
    raises     RequestClosed, NothingToSign
    """
    request = open_locked_request(number)
    if request.signed_document_id == document_id and request.state in (SIGNED, READY):
        return request
    request = _to_sign(number)
    request.signed_document_id, request.signed_by, request.signed_at = document_id, signed_by, at
    request.signed_fields = " ".join(sorted(set(fields)))
    move(request, SIGNED)
    return save_step(request, author=author, reason="contratto firmato", at=at)


@transaction.atomic
def take_back_paper(*, number: str, author: str, at: datetime, reason: str) -> ContractRequest:
    """Give up the paper that was to be signed: it was refused, or its envelope ran out. Raises NothingToSign."""
    request = _to_sign(number)
    move(request, DOCUMENTS)
    request.paper, request.envelope_id = None, None
    return save_step(request, author=author, reason=reason, at=at)


def _to_sign(number: str) -> ContractRequest:
    request = open_locked_request(number)
    if request.state != TO_SIGN:
        raise NothingToSign(
            f"Request {number}", f"It is {request.state}: no paper waits for a signature.", "Prepare the papers first."
        )
    return request
