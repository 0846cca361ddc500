"""A request that turns out to be another: what was told of the applicant goes on, the wrong one is closed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.customers.queries.requests import RequestView, request_view
from sorgente.journeys.contracts.sign import cancel
from sorgente.journeys.contracts.steps import open_contract_request, record_applicant

_TOLD = (
    "name", "first_name", "surname", "born_on", "tax_code", "vat_number", "sdi_code", "pec", "email", "mobile",
    "language", "name_proven_by",
)  # fmt: skip


@transaction.atomic
def switch_kind(*, number: str, kind: str, author: str, at: datetime) -> RequestView:
    """Open a request of another kind for the same applicant and close this one; returns the new one.

    raises  RequestClosed, and what record_applicant raises
    """
    before = request_view(number, as_of=at.date())
    made = open_contract_request(kind=kind, author=author, at=at, channel=before.channel)
    new = made.line.number
    cancel(number=number, author=author, at=at, reason=f"È un'altra pratica: {made.line.kind_label.lower()} {new}")
    if before.answers["name"]:
        told = {name: before.answers[name] for name in _TOLD}
        record_applicant(
            number=new, author=author, at=at, party_id=before.line.party_id, kind=before.answers["applicant_kind"],
            **told,
        )  # fmt: skip
    return request_view(new, as_of=at.date())
