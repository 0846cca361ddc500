"""Requests as pages show them: the list, one request with its checklist, those of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from sorgente.customers.core.requests import (
    DOCUMENTS,
    DRAFT,
    OPEN_STATES,
    READY,
    SIGNED,
    TO_SIGN,
    Item,
    UnknownRequest,
)
from sorgente.customers.models import ContractRequest
from sorgente.customers.queries.request_facts import checklist_of
from sorgente.shared.secrets import decrypt

PAGE = 25
KINDS: list[tuple[str, str]] = [(kind.value, str(kind.label)) for kind in ContractRequest.Kind]
STATES: list[tuple[str, str]] = [(state.value, str(state.label)) for state in ContractRequest.State]
TITLES: list[tuple[str, str]] = [(title.value, str(title.label)) for title in ContractRequest.Title]

_NEXT = {
    DRAFT: "Completa i dati che mancano",
    DOCUMENTS: "Prepara il contratto da firmare",
    TO_SIGN: "Fai firmare il contratto",
    SIGNED: "Completa quello che manca, poi esegui",
    READY: "Esegui la richiesta",
}


@dataclass(frozen=True, slots=True)
class RequestLine:
    number: str
    kind: str
    kind_label: str
    state: str
    state_label: str
    name: str
    place: str
    received_at: datetime
    desired_on: date | None
    party_id: int | None
    next_step: str


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper brought; `document_id` None when it was only seen."""

    id: int
    kind: str
    kind_label: str
    document_id: int | None
    number: str
    issuer: str
    issued_on: date | None
    expires_on: date | None
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request with everything a page shows. `answers` are its columns by name, the IBAN left out."""

    line: RequestLine
    channel: str
    channel_label: str
    opened_by: str
    complete_at: datetime | None
    signed_at: datetime | None
    effective_on: date | None
    executed_at: datetime | None
    closed_at: datetime | None
    outcome_reason: str
    account_number: str
    contract_number: str
    leaving_contract_number: str
    leaving_holder_id: int | None
    point_id: int | None
    point_code: str
    answers: dict[str, Any]
    checklist: tuple[Item, ...]
    papers: tuple[PaperLine, ...]
    paper_document_id: int | None
    envelope_id: int | None
    signed_document_id: int | None
    signed_fields: tuple[str, ...]
    bills: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.line.state in OPEN_STATES

    @property
    def done(self) -> int:
        return sum(one.state == "done" for one in self.checklist)

    @property
    def asked(self) -> int:
        return sum(one.state != "not_needed" for one in self.checklist)


@dataclass(frozen=True, slots=True)
class RequestPage:
    lines: tuple[RequestLine, ...]
    count: int
    page: int
    pages: int


def requests_list(*, state: str = "", kind: str = "", text: str = "", page: int = 1, size: int = PAGE) -> RequestPage:
    """Return one page of requests, the latest first.

    state  a state, "open" for all that are, "" for any
    text   the beginning of the number or tax code, or words of the name
    """
    found = ContractRequest.objects.all()
    if state == "open":
        found = found.filter(state__in=OPEN_STATES)
    elif state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    for word in text.split():
        found = found.filter(Q(number__istartswith=word) | Q(tax_code__istartswith=word) | Q(name__icontains=word))
    count = found.count()
    pages = max(1, -(-count // size))
    place = min(max(page, 1), pages)
    rows = _rows(found).order_by("-received_at", "-id")[(place - 1) * size : place * size]
    return RequestPage(tuple(_line(one) for one in rows), count, place, pages)


def requests_of_party(party_id: int) -> tuple[RequestLine, ...]:
    """Return the requests a party made, or that end a contract of theirs, the latest first."""
    found = ContractRequest.objects.filter(
        Q(party_id=party_id) | Q(leaving_contract__contract_account__holder_id=party_id)
    )
    return tuple(_line(one) for one in _rows(found).order_by("-received_at", "-id"))


def reads_to_take(*, as_of: date) -> tuple[tuple[date, RequestLine], ...]:
    """Return the visits owed because two customers told different reads, the most urgent first: (by day, request)."""
    found = ContractRequest.objects.filter(read_due_on__isnull=False, state__in=OPEN_STATES)
    return tuple((one.read_due_on or as_of, _line(one)) for one in _rows(found).order_by("read_due_on", "id"))


def request_view(number: str, *, as_of: date) -> RequestView:
    """Return one request with its checklist on a day; raises UnknownRequest."""
    row = _rows(ContractRequest.objects.filter(number=number)).first()
    if row is None:
        raise UnknownRequest(f"Request {number}", "There is none.", "Check the number: it reads R2026-000123.")
    papers = row.papers.filter(withdrawn_at=None).order_by("kind", "id")
    leaving = row.leaving_contract
    return RequestView(
        line=_line(row),
        channel=row.channel,
        channel_label=str(row.get_channel_display()),
        opened_by=row.opened_by,
        complete_at=row.complete_at,
        signed_at=row.signed_at,
        effective_on=row.effective_on,
        executed_at=row.executed_at,
        closed_at=row.closed_at,
        outcome_reason=row.outcome_reason,
        account_number=row.account.number if row.account else row.account_number,
        contract_number=row.contract.number if row.contract else row.contract_number,
        leaving_contract_number=leaving.number if leaving else "",
        leaving_holder_id=leaving.contract_account.holder_id if leaving else None,
        point_id=row.point_id,
        point_code=row.point.code if row.point else "",
        answers=_answers(row),
        checklist=checklist_of(row, on=as_of) if row.state in OPEN_STATES else (),
        papers=tuple(
            PaperLine(
                one.pk, one.kind, str(one.get_kind_display()), one.document_id, one.number, one.issuer, one.issued_on,
                one.expires_on, one.added_by, one.added_at,
            )
            for one in papers
        ),
        paper_document_id=row.paper_id,
        envelope_id=row.envelope_id,
        signed_document_id=row.signed_document_id,
        signed_fields=tuple(row.signed_fields.split()),
        bills=tuple(row.bills.split()),
    )  # fmt: skip


def iban_of_request(number: str) -> str:
    """Return the IBAN told for a request, empty when none was; for whoever records the same one again."""
    kept = ContractRequest.objects.filter(number=number).values_list("iban", flat=True).first()
    return decrypt(bytes(kept), key=settings.FIELD_KEY) if kept else ""


def _rows(found: QuerySet[ContractRequest]) -> QuerySet[ContractRequest]:
    return found.select_related(
        "supply_address",
        "point__address",
        "account",
        "contract",
        "billing_address",
        "leaving_contract__contract_account",
    )


def _line(row: ContractRequest) -> RequestLine:
    place = row.supply_address or (row.point.address if row.point else None)
    return RequestLine(
        number=row.number,
        kind=row.kind,
        kind_label=str(row.get_kind_display()),
        state=row.state,
        state_label=str(row.get_state_display()),
        name=row.name,
        place="" if place is None else str(place),
        received_at=row.received_at,
        desired_on=row.desired_on,
        party_id=row.party_id,
        next_step=_NEXT.get(row.state, ""),
    )


def _answers(row: ContractRequest) -> dict[str, Any]:
    hidden = {"iban", "id", "number", "kind", "state"}
    answers = {
        field.attname: getattr(row, field.attname)
        for field in ContractRequest._meta.concrete_fields
        if field.attname not in hidden
    }
    for name in ("supply_address", "billing_address"):
        found = getattr(row, name)
        answers[name] = None if found is None else str(found)
    return answers


def waiting_for_signature() -> list[tuple[str, int]]:
    """Return number and envelope of every request whose paper is before its signer, the earliest first."""
    found = ContractRequest.objects.filter(state=TO_SIGN, envelope_id__isnull=False)
    return [(number, int(envelope_id or 0)) for number, envelope_id in
            found.order_by("pk").values_list("number", "envelope_id")]  # fmt: skip


def carried_out_since(moment: datetime) -> list[str]:
    """Return the numbers of the requests carried out since, the earliest first."""
    found = ContractRequest.objects.filter(state=ContractRequest.State.EXECUTED, executed_at__gte=moment)
    return list(found.order_by("executed_at", "pk").values_list("number", flat=True))


def holds_account_number(account_number: str) -> str:
    """Return "open" or "closed" for the request that reserved an account number, "" when none did."""
    found = ContractRequest.objects.filter(account_number=account_number).exclude(account_number="").first()
    if found is None:
        return ""
    return "open" if found.state in OPEN_STATES else "closed"
