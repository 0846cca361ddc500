"""The bills of requests carried out: noted on the request, asked for, drawn and sent, also when all that was cut short.

No bill is made here: one that the gate holds waits for a person, and the next cycle makes those that are missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sorgente.billing.queries.standing_bills import closing_bills_of
from sorgente.customers.queries.for_billing import contract_id_of
from sorgente.customers.queries.requests import RequestView, carried_out_since, request_view
from sorgente.customers.usecases.request_outcome import record_bills
from sorgente.journeys.contracts.closing_bills import publish
from sorgente.shared.errors import SorgenteError


@dataclass(slots=True)
class FollowedUp:
    """Requests whose bills are on their way, and what hinders one, with the request or the bill."""

    requests: list[str] = field(default_factory=list)
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)


def follow_up_bills(*, since: datetime, at: datetime) -> FollowedUp:
    """Look after the bills of every request carried out since; each step is done once, and no request stops others."""
    done = FollowedUp()
    for number in carried_out_since(since):
        try:
            bills = _bills_of(request_view(number, as_of=at.date()))
            if bills:
                record_bills(number=number, bills=bills)
                done.refusals += publish(bills, at=at)
                done.requests.append(number)
        except SorgenteError as error:
            done.refusals.append((number, error))
    return done


def _bills_of(view: RequestView) -> list[str]:
    """Return the bills a request brought: those noted, and the closing one that a cycle made since."""
    ended = view.contract_number if view.line.kind == "termination" else view.leaving_contract_number
    closing = closing_bills_of(contract_id_of(ended)) if ended else []
    return list(dict.fromkeys([*view.bills, *closing]))
