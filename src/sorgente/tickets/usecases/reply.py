"""Answer a customer: queued as an e-mail that continues their conversation, or told to them and written down."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sorgente.messages.queries.messages import message_id_of
from sorgente.messages.usecases.queue_message import queue_message
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.core.threads import answer_address, answer_subject
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.models import Ticket, TicketMessage
from sorgente.tickets.queries.facts import facts_of
from sorgente.tickets.usecases.one_ticket import locked, refuse_if_closed
from sorgente.tickets.usecases.write_message import Written, write_message

_MOST_REFERENCES = 12


class EmptyReply(SorgenteError):
    code = "tickets.reply.empty"


class NoAddress(SorgenteError):
    code = "tickets.reply.no-address"


@transaction.atomic
def reply_to_ticket(
    *,
    number: str,
    body: str,
    author: str,
    at: datetime,
    waits_for_customer: bool = False,
    document_id: int | None = None,
) -> TicketFacts:
    """Send a person's answer and mark the ticket answered, or waiting for what the answer asks.

    document_id  an archive document to attach
    raises       UnknownTicket, TicketClosed, EmptyReply, NoAddress
    """
    ticket = locked(number)
    refuse_if_closed(ticket)
    if not body.strip():
        raise EmptyReply(f"Ticket {number}", "The answer has no text.", "Write it, or start from the draft.")
    send(ticket, body=body, author=author, at=at, automatic=False, document_id=document_id)
    ticket.state = Ticket.State.WAITING if waits_for_customer else Ticket.State.ANSWERED
    if not waits_for_customer:
        ticket.answered_at = ticket.answered_at or at
    if not ticket.assigned_to:
        ticket.assigned_to = author
    ticket.save()
    return facts_of(ticket)


def send(
    ticket: Ticket, *, body: str, author: str, at: datetime, automatic: bool, document_id: int | None = None
) -> TicketMessage:
    """Queue a text to the customer under the ticket's subject, and write it down in the conversation.

    automatic  no person wrote it: it says so in its headers, and its text has to say so too
    raises     NoAddress; InvalidEmail when the address cannot be one
    """
    if ticket.channel == Ticket.Channel.WEB and not ticket.sender:
        channel, recipient = "portal", ticket.account_number
    else:
        channel, recipient = ("pec" if ticket.channel == Ticket.Channel.PEC else "email"), ticket.sender
    if not recipient:
        raise NoAddress(
            f"Ticket {ticket.number}",
            "No address is known to answer to.",
            "Answer by telephone or letter and write a note, or add the customer's e-mail.",
        )
    sent = ticket.messages.filter(direction=TicketMessage.Direction.OUT).count() + 1
    key = f"ticket:{ticket.number}:{sent}"
    subject = answer_subject(ticket.subject, ticket.number)
    latest = (
        ticket.messages.filter(direction=TicketMessage.Direction.IN, automatic=False)
        .exclude(mail_id="")
        .order_by("at", "id")
        .last()
    )
    references = [*latest.references.split(), latest.mail_id][-_MOST_REFERENCES:] if latest else []
    headers = {
        "Auto-Submitted": "auto-replied" if automatic else "no",
        "Reply-To": answer_address(settings.TICKETS_ADDRESS, ticket.number, secret=settings.SECRET_KEY),
    }
    if latest is not None:
        headers |= {"In-Reply-To": latest.mail_id, "References": " ".join(references)}
    queue_message(
        key=key,
        channel=channel,
        recipient=recipient,
        subject_line=subject,
        body=body,
        about=f"ticket:{ticket.number}",
        queued_at=at,
        contract_account_number=ticket.account_number,
        document_id=document_id,
        headers=headers if channel != "portal" else None,
    )
    return write_message(
        ticket=ticket,
        written=Written(
            direction=TicketMessage.Direction.OUT,
            at=at,
            body=body,
            subject=subject,
            sender=settings.TICKETS_ADDRESS,
            recipient=recipient,
            mail_id="" if channel == "portal" else message_id_of(key),
            in_reply_to=latest.mail_id if latest else "",
            references=references,
            author=author,
            outbox_key=key,
            automatic=automatic,
            document_id=document_id,
        ),
    )


@transaction.atomic
def acknowledge(*, number: str, body: str, at: datetime) -> bool:
    """Send the automatic receipt of a ticket, once; False when it was sent before or no address is known.

    raises  UnknownTicket
    """
    ticket = locked(number)
    if ticket.messages.filter(direction=TicketMessage.Direction.OUT, automatic=True).exists():
        return False
    try:
        with transaction.atomic():
            send(ticket, body=body, author="", at=at, automatic=True)
    except SorgenteError:
        return False  # the receipt is a courtesy: the ticket stands without it
    return True
