"""What a household change would do to the bills: tried as it would be carried out, and undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sorgente.billing.queries.bill_list import list_bills
from sorgente.billing.queries.standing_bills import bills_resting_on
from sorgente.customers.queries.for_billing import contract_id_of
from sorgente.customers.queries.requests import request_view
from sorgente.journeys.contracts.execute import execute


@dataclass(frozen=True, slots=True)
class Preview:
    """Bills that would be taken back, and by how much the customer would owe more (or less, negative), in cents."""

    taken_back: tuple[str, ...]
    difference_cents: int


class _OnlyTried(Exception):
    """Ends a trial: what it wrote is undone."""


def rebilling_preview(*, number: str, at: datetime) -> Preview:
    """Return what carrying out a household request would change; raises what carrying it out would."""
    view = request_view(number, as_of=at.date())
    assert view.line.desired_on is not None, "a household has its day"
    rests = bills_resting_on(contract_id_of(view.contract_number), from_on=view.line.desired_on)
    difference = 0
    try:
        with transaction.atomic():
            done = execute(number=number, author="prova", at=at, bills_now=False)
            made = list_bills(as_of=at.date(), numbers=list(done.bills))
            difference = sum(row["total_cents"] for row in made)
            raise _OnlyTried
    except _OnlyTried:
        return Preview(tuple(rests), difference)
