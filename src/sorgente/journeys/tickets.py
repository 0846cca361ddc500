"""A customer's message from the mailbox to the answer: a ticket, its legal clock, the receipt, the reply, the end.

Written complaints, questions and requests for correction have clocks that start when they are received, whoever sorts
them and however late. A person who changes the type moves the clock: the old one is called off with the reason, the
new one starts at the same instant, and both stay in the register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sorgente.quality.queries.clocks import ClockView, clocks_of
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.quality.usecases.stop_clock import cancel_clock, stop_clock
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.core.taxonomy import COMPLAINT, CORRECTION, INFORMATION, NOT_A_REQUEST, URGENT
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.core.words import day_words
from sorgente.tickets.queries.inbox import recent_from
from sorgente.tickets.queries.tickets import ticket as ticket_of
from sorgente.tickets.usecases import correct_ticket, handle_ticket
from sorgente.tickets.usecases.open_ticket import open_ticket
from sorgente.tickets.usecases.receive_mail import Received, receive_mail
from sorgente.tickets.usecases.reply import acknowledge, reply_to_ticket

# What each class of RQSII is timed by. A correction has two: the reasoned answer, and the money credited.
ANSWERS = {COMPLAINT: "S25", INFORMATION: "S26", CORRECTION: "G07"}
CREDIT = "S27"
_WRITTEN = frozenset({"email", "pec", "web", "letter", "desk"})  # a call is answered on the telephone
_MOST_RECEIPTS = 5  # to one address within a day: more is a machine, or a quarrel that receipts do not mend


class AnswerStillDue(SorgenteError):
    code = "journeys.ticket.answer-still-due"


@dataclass(frozen=True, slots=True)
class Registered:
    """A ticket just opened, the day its answer is due (None: no legal term), whether a receipt was queued."""

    ticket: TicketFacts
    due_on: date | None
    acknowledged: bool


@transaction.atomic
def register_ticket(**given: Any) -> Registered:
    """Open a ticket, start its clock, send the receipt; arguments and errors are those of open_ticket."""
    opened = open_ticket(**given)
    _start_clocks(opened)
    is_acknowledged = opened.channel in ("email", "pec", "web") and _acknowledge(opened.number, given["at"])
    now = ticket_of(opened.number)
    return Registered(now, now.due_on, is_acknowledged)


@transaction.atomic
def handle_incoming(*, raw: bytes, at: datetime, mailbox: str = "") -> Received:
    """Take in a mail; a new ticket gets its clock and, where a person wrote it, its receipt."""
    got = receive_mail(raw=raw, at=at, mailbox=mailbox)
    if got.outcome == "ticket":
        _start_clocks(ticket_of(got.ticket))
        if got.may_answer:
            _acknowledge(got.ticket, at)
    return got


@transaction.atomic
def reclassify(
    *, number: str, by: str, at: datetime, category: str = "", regulated_type: str = "", priority: str = ""
) -> TicketFacts:
    """Set what a person says a ticket is; another regulated type moves its clocks.

    raises  UnknownTicket, UnknownLabel
    """
    before = ticket_of(number)
    if category:
        correct_ticket.correct_category(number=number, category=category, by=by, at=at)
    if priority:
        correct_ticket.correct_priority(number=number, priority=priority, by=by, at=at)
    if regulated_type:
        correct_ticket.correct_regulated_type(number=number, regulated_type=regulated_type, by=by, at=at)
    now = ticket_of(number)
    if now.regulated_type != before.regulated_type:
        _cancel_clocks(number, f"riclassificata da {before.regulated_type} a {now.regulated_type} ({by})", at)
        if now.answered_at is None:
            _start_clocks(now)
        _tell_due(number)
    return ticket_of(number)


@transaction.atomic
def recognise_customer(*, number: str, party_id: int, by: str, at: datetime, account_number: str = "") -> TicketFacts:
    """Say whose a ticket is; its clocks start again under the account, which an indemnity would go to.

    raises  UnknownTicket, UnknownSender
    """
    before = ticket_of(number)
    handle_ticket.set_customer(number=number, party_id=party_id, by=by, at=at, account_number=account_number)
    now = ticket_of(number)
    if now.account_number != before.account_number and open_clocks(number):
        running = [clock.standard for clock in open_clocks(number)]
        _cancel_clocks(number, f"cliente riconosciuto ({by})", at)
        _start_clocks(now, only=running)
    return ticket_of(number)


@transaction.atomic
def answer_ticket(
    *,
    number: str,
    body: str,
    author: str,
    at: datetime,
    waits_for_customer: bool = False,
    correction: str = "",
    document_id: int | None = None,
) -> TicketFacts:
    """Send a person's answer; unless it only asks for something, it stops the clock of the answer.

    correction  of a request for correction: "credited" or "not_due"; else the clock of the money runs on
    raises      UnknownTicket, TicketClosed, EmptyReply, NoAddress
    """
    reply_to_ticket(
        number=number,
        body=body,
        author=author,
        at=at,
        waits_for_customer=waits_for_customer,
        document_id=document_id,
    )
    for clock in [] if waits_for_customer else open_clocks(number):
        if clock.standard != CREDIT or correction == "credited":
            stop_clock(standard=clock.standard, reference=clock.reference, ended_at=at, officer=author)
        elif correction == "not_due":
            cancel_clock(standard=CREDIT, reference=clock.reference, reason="rettifica non dovuta", at=at)
    _tell_due(number)
    return ticket_of(number)


@transaction.atomic
def finish_ticket(*, number: str, by: str, at: datetime, reason: str = "") -> TicketFacts:
    """Close a ticket. While a clock of an answer runs, a reason has to say why none is due.

    raises  UnknownTicket, AnswerStillDue
    """
    running = open_clocks(number)
    if running and not reason.strip():
        due = min((clock.due_on for clock in running if clock.due_on), default=None)
        raise AnswerStillDue(
            f"Ticket {number}",
            f"A written answer is due{f' by {due}' if due else ''} ({', '.join(clock.standard for clock in running)}).",
            "Answer first, or say why no answer is due.",
        )
    _cancel_clocks(number, reason, at)
    handle_ticket.close_ticket(number=number, by=by, at=at, reason=reason)
    _tell_due(number)
    return ticket_of(number)


def open_clocks(number: str, *, as_of: date | None = None) -> list[ClockView]:
    """Return the clocks that run on a ticket."""
    return [clock for clock in clocks_of_ticket(number, as_of=as_of) if clock.state in ("running", "suspended")]


def clocks_of_ticket(number: str, *, as_of: date | None = None) -> list[ClockView]:
    """Return every clock a ticket ever had, called-off ones included, the earliest first."""
    return [clock for reference in _references(number) for clock in clocks_of(reference, as_of=as_of)]


def _references(number: str) -> Iterator[str]:
    """Yield the references of a ticket's clocks: ticket:T1, then ticket:T1/2 for those that started again."""
    reference, turn = f"ticket:{number}", 1
    while clocks_of(reference):
        yield reference
        turn += 1
        reference = f"ticket:{number}/{turn}"


def _start_clocks(ticket: TicketFacts, *, only: list[str] | None = None) -> None:
    standard = ANSWERS.get(ticket.regulated_type)
    if standard is None or ticket.channel not in _WRITTEN:
        return
    turn = len(list(_references(ticket.number))) + 1
    reference = f"ticket:{ticket.number}" + (f"/{turn}" if turn > 1 else "")
    wanted = [standard, *([CREDIT] if ticket.regulated_type == CORRECTION else [])]
    for one in wanted if only is None else [one for one in wanted if one in only]:
        start_clock(
            standard=one,
            reference=reference,
            contract_account_number=ticket.account_number,
            contract_number=ticket.contract_number,
            channel=ticket.channel,
            started_at=ticket.opened_at,
            text=ticket.subject,
        )
    _tell_due(ticket.number)


def _cancel_clocks(number: str, reason: str, at: datetime) -> None:
    for clock in open_clocks(number):
        cancel_clock(standard=clock.standard, reference=clock.reference, reason=reason, at=at)


def _tell_due(number: str) -> None:
    due = min((clock.due_on for clock in open_clocks(number) if clock.due_on), default=None)
    handle_ticket.set_due(number=number, due_on=due)


def _acknowledge(number: str, at: datetime) -> bool:
    ticket = ticket_of(number)
    if ticket.category == NOT_A_REQUEST or recent_from(ticket.sender, until=at) > _MOST_RECEIPTS:
        return False
    return acknowledge(number=number, body=receipt_text(ticket), at=at)


def receipt_text(ticket: TicketFacts) -> str:
    """Return the automatic receipt: the number, the term, who reads it, and that no person wrote it."""
    contacts = company().contacts
    lines = [
        "Buongiorno,",
        f"abbiamo ricevuto il tuo messaggio. Il numero della pratica è {ticket.number}.",
    ]
    if ticket.due_on is not None:
        lines.append(f"Ti rispondiamo per iscritto entro il {day_words(ticket.due_on)}.")
    else:
        lines.append("Ti rispondiamo il prima possibile.")
    if ticket.priority == URGENT:
        lines.append(
            "Se manca l'acqua, c'è un allagamento o un pericolo, chiama subito il pronto intervento:"
            f" {contacts.emergency_phone}."
        )
    lines += [
        "Se vuoi aggiungere qualcosa rispondi a questo messaggio, lasciando il numero nell'oggetto.",
        "Questa è una conferma automatica: un programma ha registrato il messaggio e lo ha dato all'ufficio giusto;"
        " la risposta la scrive una persona.",
        f"{company().name}\n{contacts.phone}",
    ]
    return "\n\n".join(lines) + "\n"
