"""What was signed away from the counter, and what was not: requests move on without a clerk.

link or tablet ──▶ signed             ──▶ sealed paper taken, the request goes on
               └─▶ refused, run out   ──▶ back to its documents, with the reason
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sorgente.archive.signing.queries.envelopes import latest_of_paper
from sorgente.customers.queries.requests import waiting_for_signature
from sorgente.journeys.contracts.sign import finish_signature, is_over
from sorgente.shared.errors import SorgenteError

AUTHOR = "sistema"


@dataclass(slots=True)
class PickedUp:
    """Requests that went on, that went back, and what could not be taken, each with why."""

    signed: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)


def pick_up_signatures(*, at: datetime) -> PickedUp:
    """Take what became of every envelope a request waits for; again finds nothing to do.

    One request never stops the others.
    """
    found = PickedUp()
    for number, envelope_id in waiting_for_signature():
        try:
            if not is_over(latest_of_paper(envelope_id)):
                continue
            view = finish_signature(number=number, author=AUTHOR, at=at)
        except SorgenteError as error:
            found.refusals.append((number, error))
        else:
            (found.taken_back if view.envelope_id is None else found.signed).append(number)
    return found
