"""The steps of a request as screens call them: each records one thing and returns the request as it then stands.

Beside what `customers` records, a step looks at what other processes know: arrears (ledger), what the meter may show
(metering), and it keeps the legal clock (quality).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import ParamSpec

from django.db import transaction

from sorgente.archive.core.uploads import inspect_upload
from sorgente.archive.usecases.store_document import store_document
from sorgente.customers.queries.overview import customer_overview
from sorgente.customers.queries.points import points_by_id
from sorgente.customers.queries.requests import RequestView, request_view
from sorgente.customers.usecases import (
    request_answers,
    request_delivery,
    request_outcome,
    request_papers,
    request_point,
)
from sorgente.customers.usecases.contract_requests import open_request
from sorgente.journeys.contracts.clocks import keep_time
from sorgente.journeys.contracts.meter import check_read, meter_there
from sorgente.journeys.contracts.money import overdue_cents
from sorgente.shared.calendar import calendar
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

_P = ParamSpec("_P")
_KINDS = {
    "identity": "identity", "tax_card": "identity", "proxy": "identity", "title": "title",
    "title_declaration": "title", "derogation": "title", "meter_photo": "photo",
}  # fmt: skip


class ReadNotGiven(SorgenteError):
    code = "journeys.contracts.read-not-given"


def _step(act: Callable[_P, object]) -> Callable[_P, RequestView]:
    """Return the act as a step: done whole or not at all, with arrears and clock brought up to date."""

    @wraps(act)
    @transaction.atomic
    def step(*args: _P.args, **kwargs: _P.kwargs) -> RequestView:
        act(*args, **kwargs)
        return followed(str(kwargs["number"]), at=kwargs["at"])  # type: ignore[arg-type]

    return step


record_applicant = _step(request_answers.record_applicant)
record_point = _step(request_point.record_point)
record_title = _step(request_answers.record_title)
record_terms = _step(request_answers.record_terms)
record_delivery = _step(request_delivery.record_delivery)
waive_arrears = _step(request_answers.waive_arrears)
attach_paper = _step(request_papers.attach_paper)
withdraw_paper = _step(request_papers.withdraw_paper)
refuse = _step(request_outcome.refuse_request)


@transaction.atomic
def open_contract_request(
    *,
    kind: str,
    author: str,
    at: datetime,
    channel: str = "desk",
    contract_number: str = "",
    party_id: int | None = None,
) -> RequestView:
    """Open a request of any kind; `party_id` fills in a customer we know.

    raises  what customers' open_request and record_applicant raise
    """
    request = open_request(kind=kind, opened_by=author, at=at, channel=channel, contract_number=contract_number)
    if party_id is not None and not contract_number:
        card = customer_overview(party_id, as_of=at.date())
        contacts = {one.kind: one.value for one in reversed(card.contacts)}  # of two, the preferred
        request_answers.record_applicant(
            number=request.number, author=author, at=at, party_id=party_id, language=card.language,
            email=contacts.get("email", ""), mobile=contacts.get("mobile", ""),
        )  # fmt: skip
    return followed(request.number, at=at)


@transaction.atomic
def record_read(
    *,
    number: str,
    author: str,
    at: datetime,
    read_on: date,
    index_milli: int,
    kind: str = "reader",
    meter_serial: str = "",
    meter_digits: int = 5,
    meter_diameter_mm: int = 15,
    leaving_index_milli: int | None = None,
    confirmed: bool = False,
) -> RequestView:
    """Record what the meter shows on the day the supply begins, changes hands or ends.

    index_milli          thousandths shown; on a new meter what it starts from
    kind                 reader (ours) or self (the customer's)
    meter_serial         of the meter put in place where there is none
    leaving_index_milli  what the leaving customer says: when it differs, we go and read within 7 working days (CON-03)
    confirmed            somebody looked again at a read that metering would hold
    raises               RequestClosed, AnswerNotAsked, ReadNotGiven, MeterMissing, ReadDoubtful, and what accept_read
                         and install_device raise: nothing is recorded then, and nothing is read yet
    """
    view = request_view(number, as_of=at.date())
    if view.point_id is None and not meter_serial.strip():
        raise ReadNotGiven(f"Request {number}", "Neither a point nor a meter is known.", "Record the point first.")
    was_shut = view.line.kind == "subentro"
    check_read(
        point_id=view.point_id, serial=meter_serial, digits=meter_digits, diameter_mm=meter_diameter_mm,
        read_on=read_on, index_milli=index_milli, kind=kind, confirmed=confirmed, was_shut=was_shut, at=at,
    )  # fmt: skip
    differs = leaving_index_milli is not None and leaving_index_milli != index_milli and kind != "reader"
    working_days = rules().value("contracts.reading_when_reads_differ", on=at.date())
    due = calendar().add_working_days(at.date(), working_days) if differs else None
    request_answers.record_read(
        number=number, author=author, at=at, read_on=read_on, read_milli=index_milli, kind=kind,
        meter_serial="" if meter_there(view.point_id) else meter_serial, meter_digits=meter_digits,
        meter_diameter_mm=meter_diameter_mm, other_milli=leaving_index_milli, confirmed=confirmed or was_shut,
        read_due_on=due,
    )  # fmt: skip
    return followed(number, at=at)


@transaction.atomic
def attach_file(
    *,
    number: str,
    author: str,
    at: datetime,
    kind: str,
    content: bytes,
    filename: str,
    paper_number: str = "",
    issuer: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> RequestView:
    """Put a scanned paper into the archive and on the request; raises UploadRefused and what attach_paper raises."""
    upload = inspect_upload(content=content, filename=filename)
    view = request_view(number, as_of=at.date())
    subjects = [f"request:{number}", *([f"party:{view.line.party_id}"] if view.line.party_id else [])]
    document = store_document(
        content=content, title=f"{filename} · {number}", kind=_KINDS.get(kind, "attachment"),
        media_type=upload.media_type, subject=subjects, stored_at=at,
    )  # fmt: skip
    return attach_paper(
        number=number, author=author, at=at, kind=kind, document_id=document.pk, paper_number=paper_number,
        issuer=issuer, issued_on=issued_on, expires_on=expires_on,
    )  # fmt: skip


def followed(number: str, *, at: datetime) -> RequestView:
    """Bring arrears and clock up to date after a step; returns the request as it then stands."""
    view = request_view(number, as_of=at.date())
    if view.is_open:
        _look_at_arrears(view, at)
        view = request_view(number, as_of=at.date())
    keep_time(view, at=at)
    return view


def _look_at_arrears(view: RequestView, at: datetime) -> None:
    """Record what is overdue on the point (of who leaves, or left) and of the applicant elsewhere."""
    own = [] if view.line.party_id is None else _accounts(view.line.party_id, at.date())
    previous: list[int] = []
    if view.leaving_holder_id is not None and view.leaving_contract_number:
        previous = _accounts(view.leaving_holder_id, at.date(), contract=view.leaving_contract_number)
    elif view.line.kind == "subentro" and view.point_id is not None:
        (point,) = points_by_id([view.point_id], as_of=at.date(), shows_holder=True)
        if point.holder_id is not None and point.holder_id != view.line.party_id:
            previous = _accounts(point.holder_id, at.date(), contract=point.contract)
    request_answers.record_arrears(
        number=view.line.number,
        at=at,
        point_cents=overdue_cents(previous, as_of=at.date()),
        own_cents=overdue_cents(own, as_of=at.date()),
    )


def _accounts(party_id: int, as_of: date, *, contract: str = "") -> list[int]:
    """Return the accounts of a party, or the one that a contract of theirs belongs to."""
    return [
        account.id
        for account in customer_overview(party_id, as_of=as_of).accounts
        if not contract or any(one.number == contract for one in account.contracts)
    ]
