"""Rows of the tables as the values other processes see."""

from __future__ import annotations

from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.models import Ticket


def facts_of(ticket: Ticket) -> TicketFacts:
    """Return a ticket's values; its prediction is read with it where `select_related` asked for it."""
    proposal = ticket.prediction
    return TicketFacts(
        id=ticket.pk,
        number=ticket.number,
        channel=ticket.channel,
        state=ticket.state,
        subject=ticket.subject,
        sender=ticket.sender,
        sender_name=ticket.sender_name,
        request_kind=ticket.request_kind,
        category=ticket.category,
        regulated_type=ticket.regulated_type,
        priority=ticket.priority,
        office=ticket.office,
        confirmed=ticket.confirmed,
        party_id=ticket.party_id,
        identified_by=ticket.identified_by,
        account_number=ticket.account_number,
        contract_number=ticket.contract_number,
        candidates=tuple(ticket.candidates),
        assigned_to=ticket.assigned_to,
        opened_at=ticket.opened_at,
        latest_at=ticket.latest_at,
        answered_at=ticket.answered_at,
        closed_at=ticket.closed_at,
        due_on=ticket.due_on,
        confidence=None if proposal is None else proposal.confidence,
        abstain=proposal is not None and proposal.abstain,
        ranked=() if proposal is None else tuple((name, chance) for name, chance in proposal.ranked),
        secondary=() if proposal is None else tuple(proposal.secondary),
        reasons=() if proposal is None else tuple(proposal.reasons),
        language="it" if proposal is None else proposal.language,
        model="" if proposal is None else proposal.model,
    )
