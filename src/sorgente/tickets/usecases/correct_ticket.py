"""What a person says a ticket is: kept as a correction, which the model learns from."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from sorgente.shared.errors import SorgenteError
from sorgente.tickets.adapters.offices import office_of
from sorgente.tickets.core.taxonomy import CATEGORIES, PRIORITIES, REGULATED_TYPES
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.models import Correction, Ticket
from sorgente.tickets.queries.facts import facts_of
from sorgente.tickets.usecases.one_ticket import locked
from sorgente.tickets.usecases.open_ticket import rank_of
from sorgente.tickets.usecases.read_proposals import propose_reads_of

_KNOWN = {
    Correction.Field.CATEGORY: CATEGORIES,
    Correction.Field.REGULATED_TYPE: REGULATED_TYPES,
    Correction.Field.PRIORITY: PRIORITIES,
}


class UnknownLabel(SorgenteError):
    code = "tickets.label.unknown"


@transaction.atomic
def correct_category(*, number: str, category: str, by: str, at: datetime) -> TicketFacts:
    """Set the category, which also decides the office; the same one again confirms it.

    raises  UnknownTicket, UnknownLabel
    """
    ticket = locked(number)
    _correct(ticket, Correction.Field.CATEGORY, category, by, at)
    office = office_of(category, on=localtime(at).date())
    if office != ticket.office:
        ticket.office, ticket.assigned_to = office, ticket.assigned_to if ticket.assigned_to == by else ""
    ticket.save()
    propose_reads_of(ticket)
    return facts_of(ticket)


@transaction.atomic
def correct_regulated_type(*, number: str, regulated_type: str, by: str, at: datetime) -> TicketFacts:
    """Set the class of the contractual-quality rules; the clocks on it are the journey's to move.

    raises  UnknownTicket, UnknownLabel
    """
    ticket = locked(number)
    _correct(ticket, Correction.Field.REGULATED_TYPE, regulated_type, by, at)
    ticket.save()
    return facts_of(ticket)


@transaction.atomic
def correct_priority(*, number: str, priority: str, by: str, at: datetime) -> TicketFacts:
    """Set how pressing it is; raises UnknownTicket, UnknownLabel."""
    ticket = locked(number)
    _correct(ticket, Correction.Field.PRIORITY, priority, by, at)
    ticket.priority_rank = rank_of(priority)
    ticket.save()
    return facts_of(ticket)


@transaction.atomic
def confirm_ticket(*, number: str, by: str, at: datetime) -> TicketFacts:
    """Say that category, type and priority are right as proposed; confirming twice changes nothing.

    raises  UnknownTicket
    """
    ticket = locked(number)
    if not ticket.confirmed:
        _correct(ticket, Correction.Field.CATEGORY, ticket.category, by, at)
        ticket.save()
    return facts_of(ticket)


def _correct(ticket: Ticket, field: str, after: str, by: str, at: datetime) -> None:
    if after not in _KNOWN[Correction.Field(field)]:
        raise UnknownLabel(
            f"Ticket {ticket.number}", f"“{after}” is no label of the taxonomy.", "Choose one of the list."
        )
    before = getattr(ticket, field)
    if before != after or not ticket.confirmed:
        Correction.objects.create(ticket=ticket, field=field, before=before, after=after, by=by, at=at)
    setattr(ticket, field, after)
    ticket.confirmed = True
