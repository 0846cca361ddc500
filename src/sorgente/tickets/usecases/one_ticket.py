"""Find a ticket to change it."""

from __future__ import annotations

from sorgente.shared.errors import SorgenteError
from sorgente.tickets.models import Ticket


class UnknownTicket(SorgenteError):
    code = "tickets.ticket.unknown"


class TicketClosed(SorgenteError):
    code = "tickets.ticket.closed"


def locked(number: str) -> Ticket:
    """Return the ticket, nobody else may change it until the transaction ends; raises UnknownTicket."""
    found = Ticket.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise UnknownTicket(f"Ticket {number}", "There is none.", "Look it up in the inbox.")
    return found


def refuse_if_closed(ticket: Ticket) -> None:
    """Raise TicketClosed when nothing more can be done with it before it is opened again."""
    if ticket.state == Ticket.State.CLOSED:
        day = f" on {ticket.closed_at:%Y-%m-%d}" if ticket.closed_at else ""
        raise TicketClosed(f"Ticket {ticket.number}", f"It was closed{day}.", "Open it again first.")
