"""Take one mail in, once: a new ticket, the next message of one, or a record of why it is neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from sorgente.archive.core.uploads import upload_limits
from sorgente.archive.usecases.store_document import store_document
from sorgente.messages.usecases.queue_message import queue_message
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.adapters.classifier import classify
from sorgente.tickets.core.mail.automatic import AUTOMATIC, BOUNCE, PERSON
from sorgente.tickets.core.mail.parse import ParsedMail, fingerprint, parse_mail
from sorgente.tickets.core.message import Message
from sorgente.tickets.core.priority import highest
from sorgente.tickets.core.threads import number_by_address, number_in
from sorgente.tickets.core.values import Attachment
from sorgente.tickets.models import IncomingMail, Ticket, TicketMessage
from sorgente.tickets.queries.owners import parties_with_address
from sorgente.tickets.usecases.open_ticket import new_ticket, rank_of
from sorgente.tickets.usecases.read_proposals import propose_reads
from sorgente.tickets.usecases.write_message import Written, write_message, write_prediction

DUPLICATE = "duplicate"
KEPT_OF_TOO_LARGE = 262_144  # bytes of a mail over the limit that are archived: its headers and how it begins
_OUTCOME = IncomingMail.Outcome


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a mail.

    outcome      ticket, follow_up, automatic, bounce, receipt, parked (reason says why), duplicate
    ticket       number of the ticket it opened or belongs to; empty when there is none
    may_answer   an automatic acknowledgement may go to its sender
    """

    outcome: str
    ticket: str
    reason: str
    mail_id: int
    may_answer: bool


@transaction.atomic
def receive_mail(*, raw: bytes, at: datetime, mailbox: str = "") -> Received:
    """Take in the bytes of a mail; the same mail again, by whatever way, changes nothing.

    at  when it was received: legal clocks count from it
    """
    largest = int(upload_limits()["max_mail_bytes"])
    if len(raw) > largest:
        return park_too_large(beginning=raw[:KEPT_OF_TOO_LARGE], size=len(raw), at=at, mailbox=mailbox)
    mail = parse_mail(raw)
    row = _first_time(mail, fingerprint(mail, raw, size=0), at, mailbox)
    if row is None:
        return _known(fingerprint(mail, raw, size=0))
    row.document_id = _archived(raw, mail, at)
    if mail.receipt or mail.origin.kind in (BOUNCE, AUTOMATIC):
        return _of_a_machine(row, mail, at)
    if not mail.sender and not mail.text:
        return _ended(row, _OUTCOME.PARKED, "; ".join(mail.defects) or "non c'è niente da leggere")
    known = _ticket_of(mail)
    written = _written(mail, raw, row, at)
    if known is not None:
        message = _follow_up(known, written)
        return _ended(row, _OUTCOME.FOLLOW_UP, "; ".join(mail.defects), message=message)
    ticket, message = new_ticket(
        channel=Ticket.Channel.PEC if mail.is_pec else Ticket.Channel.EMAIL,
        written=written,
        sender_name=mail.sender_name,
        reply_to=mail.reply_to,
    )
    may_answer = mail.origin.kind == PERSON and mail.origin.may_answer and ticket.category != "altro_spam"
    return _ended(row, _OUTCOME.TICKET, "; ".join(mail.defects), message=message, may_answer=may_answer)


def _written(mail: ParsedMail, raw: bytes, row: IncomingMail, at: datetime) -> Written:
    return Written(
        direction=TicketMessage.Direction.IN,
        at=at,
        body=mail.text,
        subject=mail.subject,
        sender=mail.sender,
        recipient=", ".join(mail.recipients)[:998],
        mail_id=mail.mail_id,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        html=mail.html,
        document_id=row.document_id,
        automatic=mail.origin.kind != PERSON,
        attachments=[Attachment(file.filename, file.content) for file in mail.files],
    )


def _first_time(mail: ParsedMail, print_of_it: str, at: datetime, mailbox: str) -> IncomingMail | None:
    """Return the row of this mail, or None when it came before; a twin that arrives now waits for this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_incomingmail (fingerprint, mail_id, mailbox, sender, subject, outcome, reason, times,"
            " received_at, resolved_by) VALUES (%s, %s, %s, %s, %s, 'parked', '', 1, %s, '')"
            " ON CONFLICT (fingerprint) DO UPDATE SET times = tickets_incomingmail.times + 1 RETURNING id, times",
            [print_of_it, mail.mail_id, mailbox, mail.sender, mail.subject, at],
        )
        row_id, times = cursor.fetchone()
    return IncomingMail.objects.get(pk=row_id) if times == 1 else None


def _known(print_of_it: str) -> Received:
    row = IncomingMail.objects.select_related("message__ticket").get(fingerprint=print_of_it)
    ticket = row.message.ticket.number if row.message else ""
    return Received(DUPLICATE, ticket, f"arrivata {row.times} volte", row.pk, False)


def _archived(raw: bytes, mail: ParsedMail, at: datetime) -> int:
    return store_document(
        content=raw,
        title=f"{'PEC' if mail.is_pec else 'E-mail'} di {mail.sender or 'mittente ignoto'}: {mail.subject}",
        kind="mail",
        media_type="message/rfc822",
        subject=f"mail:{mail.sender}"[:80],
        stored_at=at,
        metadata={"mail_id": mail.mail_id, "certificate": mail.certificate, "defects": list(mail.defects)},
    ).pk


def _ended(
    row: IncomingMail, outcome: str, reason: str, *, message: TicketMessage | None = None, may_answer: bool = False
) -> Received:
    row.outcome, row.reason, row.message = outcome, reason, message
    row.save()
    return Received(outcome, message.ticket.number if message else "", reason, row.pk, may_answer)


def _ticket_of(mail: ParsedMail) -> Ticket | None:
    """Return the conversation a mail continues.

    By the mails it answers and by the token of its address for certain; by the number in its subject only from who
    wrote before: a number can be guessed, and a guess must not open somebody else's conversation.
    """
    number = number_by_address(mail.recipients, secret=settings.SECRET_KEY)
    if number:
        return Ticket.objects.filter(number=number).first()
    ids = [one for one in (mail.in_reply_to, *reversed(mail.references)) if one]
    found = TicketMessage.objects.filter(mail_id__in=ids).exclude(mail_id="").select_related("ticket").first()
    if found is not None:
        return found.ticket
    named = Ticket.objects.filter(number=number_in(mail.subject)).first() if number_in(mail.subject) else None
    if named is None:
        return None
    wrote_before = mail.sender in {named.sender, *named.messages.values_list("sender", flat=True)}
    return named if wrote_before or named.party_id in parties_with_address(mail.sender) else None


def _follow_up(ticket: Ticket, written: Written) -> TicketMessage:
    """Add what the customer writes next: it wakes the ticket and may raise its priority, nothing else."""
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    message = write_message(ticket=ticket, written=written)
    found, model = classify(
        Message(
            id=ticket.number,
            channel=ticket.channel,
            subject=written.subject,
            body=written.body,
            sender=written.sender,
        )
    )
    write_prediction(message=message, found=found, model=model.name, threshold=model.triage.threshold)
    propose_reads(ticket=ticket, message=message, entities=found.entities, category=found.category)
    ticket.priority = highest(ticket.priority, found.priority)
    ticket.priority_rank = rank_of(ticket.priority)
    ticket.state = Ticket.State.ASSIGNED if ticket.assigned_to else Ticket.State.NEW
    ticket.closed_at = None
    ticket.save()
    return message


def _of_a_machine(row: IncomingMail, mail: ParsedMail, at: datetime) -> Received:
    """Keep what a machine wrote beside the conversation it speaks of, without waking it; never answer it."""
    ids: Sequence[str] = [one for one in (mail.in_reply_to, *mail.origin.about) if one]
    about = TicketMessage.objects.filter(mail_id__in=ids).select_related("ticket").first() if ids else None
    says = f"ricevuta PEC: {mail.receipt}" if mail.receipt else mail.origin.reason
    message = None
    if about is not None:
        message = write_message(
            ticket=about.ticket,
            written=Written(
                direction=TicketMessage.Direction.IN,
                at=at,
                body=mail.text or says,
                subject=mail.subject,
                sender=mail.sender,
                mail_id=mail.mail_id,
                document_id=row.document_id,
                automatic=True,
            ),
        )
        if (mail.origin.kind == BOUNCE or mail.receipt_failed) and about.ticket.state == Ticket.State.ANSWERED:
            # The answer did not arrive: somebody must find another way.
            about.ticket.state = Ticket.State.ASSIGNED if about.ticket.assigned_to else Ticket.State.NEW
            about.ticket.save(update_fields=["state"])
    if mail.receipt:
        return _ended(row, _OUTCOME.RECEIPT, says, message=message)
    return _ended(row, _OUTCOME.BOUNCE if mail.origin.kind == BOUNCE else _OUTCOME.AUTOMATIC, says, message=message)


@transaction.atomic
def park_unreadable(*, raw: bytes, reason: str, at: datetime, mailbox: str = "") -> Received:
    """Record a mail that could not be taken in: it is archived whole and waits for a person."""
    mail = parse_mail(raw)
    print_of_it = fingerprint(mail, raw, size=0)
    row = _first_time(mail, print_of_it, at, mailbox)
    if row is None:
        return _known(print_of_it)
    row.document_id = _archived(raw, mail, at)
    return _ended(row, _OUTCOME.PARKED, reason)


@transaction.atomic
def park_too_large(*, beginning: bytes, size: int, at: datetime, mailbox: str = "") -> Received:
    """Record a mail over the limit: how it begins is archived, its sender is told, a person may fetch the rest.

    beginning  its first bytes, KEPT_OF_TOO_LARGE at most; the whole stays in the mailbox it came to
    """
    mail = parse_mail(beginning)
    print_of_it = fingerprint(mail, beginning, size=size)
    row = _first_time(mail, print_of_it, at, mailbox)
    if row is None:
        return _known(print_of_it)
    row.document_id = _archived(beginning, mail, at)
    largest = int(upload_limits()["max_mail_bytes"])
    reason = f"troppo grande: {size / 1e6:.1f} MB, se ne accettano {largest / 1e6:.0f}".replace(".", ",")
    if mail.origin.kind == PERSON and mail.origin.may_answer:
        _tell_too_large(row, mail, size=size, largest=largest, at=at)
    return _ended(row, _OUTCOME.PARKED, reason)


def _tell_too_large(row: IncomingMail, mail: ParsedMail, *, size: int, largest: int, at: datetime) -> None:
    headers = {"Auto-Submitted": "auto-replied", "Reply-To": settings.TICKETS_ADDRESS}
    if mail.mail_id:
        headers |= {"In-Reply-To": mail.mail_id, "References": mail.mail_id}
    try:
        queue_message(
            key=f"mail:{row.fingerprint[:40]}:too-large",
            channel="email",
            recipient=mail.sender,
            subject_line=f"Re: {mail.subject}"[:190],
            body=(
                "Buongiorno,\n\n"
                f"il tuo messaggio pesa {size / 1e6:.0f} MB: possiamo aprire messaggi fino a {largest / 1e6:.0f} MB,"
                " quindi non lo abbiamo ancora letto.\n\n"
                "Rimandalo senza allegati o con foto più piccole; se gli allegati servono, mandali in più messaggi.\n\n"
                f"Per un guasto chiama subito il {company().contacts.emergency_phone}.\n\n"
                f"Questa è una risposta automatica.\n{company().name}\n"
            ),
            about=f"mail:{row.pk}",
            queued_at=at,
            headers=headers,
        )
    except SorgenteError:
        return  # an address nobody can be told at: the mail is parked all the same
