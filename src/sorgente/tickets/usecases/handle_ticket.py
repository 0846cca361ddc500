"""Who works on a ticket, whose it is, and how it ends."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.customers.queries.find import customers_by_party
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.core.match import CLERK
from sorgente.tickets.core.offices import OFFICE_WORDS
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.models import IncomingMail, Ticket, TicketMessage
from sorgente.tickets.queries.facts import facts_of
from sorgente.tickets.usecases.one_ticket import locked, refuse_if_closed
from sorgente.tickets.usecases.read_proposals import propose_reads_of
from sorgente.tickets.usecases.write_message import Written, write_message


class UnknownOffice(SorgenteError):
    code = "tickets.office.unknown"


class UnknownSender(SorgenteError):
    code = "tickets.customer.unknown"


class NotParked(SorgenteError):
    code = "tickets.mail.not-parked"


@transaction.atomic
def assign_ticket(*, number: str, to: str, by: str, at: datetime, office: str = "") -> TicketFacts:
    """Give a ticket to a member of staff (empty: to nobody), or to another office.

    raises  UnknownTicket, TicketClosed, UnknownOffice
    """
    ticket = locked(number)
    refuse_if_closed(ticket)
    if office and office not in OFFICE_WORDS:
        raise UnknownOffice(f"Office {office}", "There is none of this name.", f"Use {', '.join(OFFICE_WORDS)}.")
    if office and office != ticket.office:
        ticket.office, to = office, to if to != ticket.assigned_to else ""
        _note(ticket, f"Passata all'ufficio {OFFICE_WORDS[office]}.", by, at)
    ticket.assigned_to = to
    if ticket.state in (Ticket.State.NEW, Ticket.State.ASSIGNED):
        ticket.state = Ticket.State.ASSIGNED if to else Ticket.State.NEW
    ticket.save()
    return facts_of(ticket)


@transaction.atomic
def set_customer(
    *, number: str, party_id: int, by: str, at: datetime, account_number: str = "", contract_number: str = ""
) -> TicketFacts:
    """Say whose a ticket is, when a person has made sure; raises UnknownTicket, UnknownSender."""
    ticket = locked(number)
    found = customers_by_party([party_id])
    if not found:
        raise UnknownSender(f"Customer {party_id}", "There is no such customer.", "Search by name or tax code.")
    numbers = [one.number for one in found[0].accounts]
    if account_number and account_number not in numbers:
        raise UnknownSender(
            f"Account {account_number}", f"It is not one of {found[0].name}.", f"Choose one of {', '.join(numbers)}."
        )
    ticket.party_id, ticket.identified_by = party_id, CLERK
    ticket.account_number = account_number or (numbers[0] if len(numbers) == 1 else "")
    ticket.contract_number, ticket.candidates = contract_number, []
    ticket.save()
    _note(ticket, f"Cliente riconosciuto: {found[0].name}.", by, at)
    propose_reads_of(ticket)
    return facts_of(ticket)


@transaction.atomic
def set_due(*, number: str, due_on: date | None) -> None:
    """Keep the day the legal answer is due, as its clock says, so that lists sort by it; raises UnknownTicket."""
    ticket = locked(number)
    ticket.due_on = due_on
    ticket.save(update_fields=["due_on"])


@transaction.atomic
def add_note(*, number: str, text: str, by: str, at: datetime) -> None:
    """Write a note that the customer never sees; raises UnknownTicket."""
    _note(locked(number), text, by, at)


@transaction.atomic
def close_ticket(*, number: str, by: str, at: datetime, reason: str = "") -> TicketFacts:
    """End a ticket; closing a closed one changes nothing. Raises UnknownTicket."""
    ticket = locked(number)
    if ticket.state == Ticket.State.CLOSED:
        return facts_of(ticket)
    if reason:
        _note(ticket, f"Chiusa: {reason}", by, at)
    ticket.state, ticket.closed_at = Ticket.State.CLOSED, at
    ticket.save()
    return facts_of(ticket)


@transaction.atomic
def reopen_ticket(*, number: str, by: str, at: datetime) -> TicketFacts:
    """Work on a closed or answered ticket again; raises UnknownTicket."""
    ticket = locked(number)
    ticket.state = Ticket.State.ASSIGNED if ticket.assigned_to else Ticket.State.NEW
    ticket.closed_at = None
    ticket.save()
    _note(ticket, "Riaperta.", by, at)
    return facts_of(ticket)


@transaction.atomic
def resolve_parked(*, mail_id: int, by: str, at: datetime) -> None:
    """Mark a parked mail as dealt with; raises NotParked."""
    row = IncomingMail.objects.select_for_update(of=("self",)).filter(pk=mail_id).first()
    if row is None or row.outcome != IncomingMail.Outcome.PARKED or row.resolved_at is not None:
        raise NotParked(f"Mail {mail_id}", "It does not wait for anybody.", "Look at the list of parked mails again.")
    row.resolved_by, row.resolved_at = by, at
    row.save(update_fields=["resolved_by", "resolved_at"])


def _note(ticket: Ticket, text: str, by: str, at: datetime) -> None:
    if text.strip():
        write_message(
            ticket=ticket, written=Written(direction=TicketMessage.Direction.NOTE, at=at, body=text.strip(), author=by)
        )
