"""What a customer does alone from the web area: tell who lives there, and open again the paper that waits for them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.archive.papers import render_paper
from sorgente.archive.signing.core.values import Method
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.usecases.store_document import store_document
from sorgente.customers.queries.overview import customer_overview
from sorgente.customers.queries.requests import RequestView, request_view
from sorgente.customers.usecases.change_terms import ChangeOutsideContract, NothingChanges
from sorgente.customers.usecases.request_papers import open_signature
from sorgente.journeys.contracts.papers import paper_values
from sorgente.journeys.contracts.steps import attach_paper, open_contract_request, record_terms
from sorgente.journeys.signing import sign_another_way

_AUTHOR = "web"


@transaction.atomic
def declare_household(
    *,
    party_id: int,
    contract_number: str,
    residents: int,
    from_on: date,
    statement: str,
    declared_by: str,
    at: datetime,
) -> RequestView:
    """Open a request that changes the household, with the declaration as its paper; the office carries it out.

    statement    the words that were accepted (DPR 445/2000 art. 46-47 and 76); kept with the paper
    declared_by  the login that accepted them: its two factors stand for the signature (CAD art. 65 c. 1)
    raises       ChangeOutsideContract, NothingChanges where as many live there already, ContractAskedAlready,
                 ContractEnding, DayOutOfRange, TermsOutOfRange
    """
    _refuse_the_same(party_id, contract_number, residents, from_on)
    view = open_contract_request(
        kind="household", author=_AUTHOR, at=at, channel="web", contract_number=contract_number
    )
    number = view.line.number
    view = record_terms(number=number, author=_AUTHOR, at=at, residents=residents, from_on=from_on)
    values = paper_values(view, iban="", on=at.date(), at_distance=True, start_at_once=True)
    paper = render_paper(template="household_declaration", values=values, on=at.date())
    document = store_document(
        content=paper.content, title=f"{paper.title} (dall'area clienti)", kind=paper.kind,
        media_type="application/pdf", subject=[f"request:{number}", f"party:{party_id}", f"contract:{contract_number}"],
        stored_at=at,
        metadata={"template": paper.template, "template_version": paper.version,
                  "declared": {"by": declared_by, "at": at.isoformat(), "statement": statement}},
    )  # fmt: skip
    return attach_paper(number=number, author=_AUTHOR, at=at, kind="household", document_id=document.pk)


@transaction.atomic
def sign_from_the_area(*, envelope_id: int, by: str, at: datetime) -> str:
    """Return the token of a fresh link to a paper that waits; the old link ends, and its request follows along.

    raises  UnknownEnvelope, EnvelopeEnded, SignerNotIdentified
    """
    opened = sign_another_way(envelope_id=envelope_id, method=Method.OTP, reason="from the web area", by=by, at=at)
    for subject in envelope(opened.id).subjects:
        kind, _, number = subject.partition(":")
        if kind == "request" and request_view(number, as_of=at.date()).envelope_id == envelope_id:
            open_signature(number=number, envelope_id=opened.id, author=_AUTHOR, at=at)
    return opened.token


def _refuse_the_same(party_id: int, contract_number: str, residents: int, from_on: date) -> None:
    contracts = [one for account in customer_overview(party_id, as_of=from_on).accounts for one in account.contracts]
    contract = next(one for one in contracts if one.number == contract_number)
    if contract.terms is None:
        raise ChangeOutsideContract(
            f"Contract {contract_number}", f"It supplies from {contract.start}.", "Choose a day inside the contract."
        )
    if contract.terms.residents == residents:
        raise NothingChanges(
            f"Contract {contract_number}", f"On {from_on} it counts {residents} residents already.", "Check the day."
        )
