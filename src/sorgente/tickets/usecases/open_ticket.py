"""Open a ticket: from a form, a call, the desk, a letter; mails come through `receive_mail`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.timezone import localtime

from sorgente.customers.queries.find import customers_by_party
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.adapters.classifier import classify
from sorgente.tickets.adapters.offices import office_of
from sorgente.tickets.core.match import CLERK, SIGNED_IN, Match
from sorgente.tickets.core.message import Classified, Message
from sorgente.tickets.core.taxonomy import PRIORITIES
from sorgente.tickets.core.threads import plain_subject
from sorgente.tickets.core.values import Attachment, TicketFacts
from sorgente.tickets.models import Ticket, TicketMessage
from sorgente.tickets.queries.facts import facts_of
from sorgente.tickets.queries.owners import customer_of
from sorgente.tickets.usecases.read_proposals import propose_reads
from sorgente.tickets.usecases.write_message import Written, write_message, write_prediction

__all__ = ["Attachment", "EmptyTicket", "open_ticket"]


class EmptyTicket(SorgenteError):
    code = "tickets.ticket.empty"


@transaction.atomic
def open_ticket(
    *,
    channel: str,
    subject: str,
    body: str,
    at: datetime,
    party_id: int | None = None,
    account_number: str = "",
    sender: str = "",
    sender_name: str = "",
    attachments: Sequence[Attachment] = (),
    request_kind: str = "",
    author: str = "",
) -> TicketFacts:
    """Open a ticket and propose what it is; return it.

    channel       web, email, pec, phone, desk, letter
    party_id      who it is from, when that is certain: signed in, or standing at the desk
    sender        the e-mail that answers go to; empty when there is none
    request_kind  what the form was for
    author        login of the clerk who wrote it down
    raises        EmptyTicket
    """
    if not subject.strip() and not body.strip():
        raise EmptyTicket("The request", "It has neither subject nor text.", "Write what it is about.")
    by = SIGNED_IN if channel == Ticket.Channel.WEB else CLERK
    known = Match(party_id, by, account_number, "", ()) if party_id is not None else None
    written = Written(
        direction=TicketMessage.Direction.IN,
        at=at,
        body=body,
        subject=subject[:300],
        sender=sender.lower(),
        author=author,
        attachments=attachments,
    )
    ticket, _message = new_ticket(
        channel=channel, written=written, sender_name=sender_name, known=known, request_kind=request_kind
    )
    return facts_of(ticket)


def new_ticket(
    *,
    channel: str,
    written: Written,
    sender_name: str = "",
    known: Match | None = None,
    request_kind: str = "",
    reply_to: str = "",
) -> tuple[Ticket, TicketMessage]:
    """Write a ticket with its first message, the model's proposal, its customer and the readings found in it."""
    number = _next_number(written.at)
    found, model = classify(
        Message(
            id=number,
            channel=channel,
            subject=written.subject,
            body=written.body,
            sender=written.sender,
        )
    )
    on = localtime(written.at).date()
    whose = known or customer_of(address=written.sender, entities=found.entities, on=on)
    ticket = Ticket.objects.create(
        number=number,
        channel=Ticket.Channel(channel),
        subject=plain_subject(written.subject) or _first_words(written.body),
        sender=reply_to or written.sender,
        sender_name=sender_name,
        request_kind=request_kind,
        category=found.category,
        regulated_type=found.regulated_type,
        priority=found.priority,
        priority_rank=rank_of(found.priority),
        office=office_of(found.category, on=on),
        party_id=whose.party_id,
        identified_by=whose.by,
        account_number=whose.account_number or _only_account(whose.party_id),
        contract_number=whose.contract_number,
        candidates=list(whose.candidates),
        opened_at=written.at,
        latest_at=written.at,
    )
    message = write_message(ticket=ticket, written=written)
    _attach_proposal(ticket, message, found, model.name, model.triage.threshold)
    propose_reads(ticket=ticket, message=message, entities=found.entities, category=found.category)
    return ticket, message


def _attach_proposal(ticket: Ticket, message: TicketMessage, found: Classified, model: str, threshold: float) -> None:
    ticket.prediction = write_prediction(message=message, found=found, model=model, threshold=threshold)
    ticket.save(update_fields=["prediction"])


def rank_of(priority: str) -> int:
    """Return 0 for the most pressing priority."""
    return len(PRIORITIES) - 1 - PRIORITIES.index(priority)


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tickets_number_seq')")
        return f"T{localtime(at).year}-{cursor.fetchone()[0]:06d}"


def _only_account(party_id: int | None) -> str:
    if party_id is None:
        return ""
    (customer,) = customers_by_party([party_id])
    active = [one.number for one in customer.accounts if one.active]
    return active[0] if len(active) == 1 else ""


def _first_words(body: str) -> str:
    return " ".join(body.split())[:80] or "Senza oggetto"
