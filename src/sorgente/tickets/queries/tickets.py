"""One ticket with its conversation, what the model saw in it, and who decided what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db import transaction
from django.db.models import Prefetch

from sorgente.metering.core.judgement import RULES
from sorgente.metering.usecases.load_reads import load_reads
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.core.message import Entity
from sorgente.tickets.core.segments import BODY, GREETING
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.models import ReadProposal, Ticket, TicketAttachment, TicketMessage
from sorgente.tickets.queries.facts import facts_of


class NoSuchTicket(SorgenteError):
    code = "tickets.ticket.not-found"


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """A file; without `sha256` it was not opened, and `problem` says why."""

    filename: str
    media_type: str
    size: int
    sha256: str
    problem: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message; `entity` is the kind of code that stands here, `folded` text others wrote before."""

    text: str
    entity: str
    valid: bool
    folded: bool


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One message of the conversation."""

    id: int
    direction: str
    automatic: bool
    sender: str
    recipient: str
    subject: str
    text: str
    pieces: tuple[Piece, ...]
    has_folded: bool
    html: str
    author: str
    at: datetime
    document_sha256: str
    attachments: tuple[AttachmentFacts, ...]


@dataclass(frozen=True, slots=True)
class CorrectionFacts:
    field: str
    before: str
    after: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadProposalFacts:
    """A reading found in a message; `verdict` is what metering would make of it now, `against` why."""

    id: int
    serial: str
    index_milli: int
    read_on: date
    state: str
    decided_by: str
    note: str
    verdict: str
    against: str


def ticket(number: str) -> TicketFacts:
    """Return one ticket; raises NoSuchTicket."""
    found = Ticket.objects.select_related("prediction").filter(number=number).first()
    if found is None:
        raise NoSuchTicket(f"Ticket {number}", "There is none.", "Look it up in the inbox.")
    return facts_of(found)


def conversation(number: str) -> list[MessageFacts]:
    """Return the messages of a ticket, the earliest first."""
    attachments = Prefetch("attachments", TicketAttachment.objects.select_related("document").order_by("id"))
    rows = (
        TicketMessage.objects.filter(ticket__number=number)
        .select_related("document", "prediction")
        .prefetch_related(attachments)
        .order_by("at", "id")
    )
    return [_message(row) for row in rows]


def _message(row: TicketMessage) -> MessageFacts:
    prediction = getattr(row, "prediction", None)
    entities = [Entity(**one) for one in prediction.entities] if prediction is not None else []
    pieces = pieces_of(row.body, row.parts, [one for one in entities if one.where == "body"])
    return MessageFacts(
        id=row.pk,
        direction=row.direction,
        automatic=row.automatic,
        sender=row.sender,
        recipient=row.recipient,
        subject=row.subject,
        text=row.body,
        pieces=tuple(pieces),
        has_folded=any(piece.folded for piece in pieces),
        html=row.html,
        author=row.author,
        at=row.at,
        document_sha256=row.document.sha256 if row.document else "",
        attachments=tuple(
            AttachmentFacts(
                one.filename, one.media_type, one.size, one.document.sha256 if one.document else "", one.problem
            )
            for one in row.attachments.all()
        ),
    )


def pieces_of(body: str, parts: list[tuple[str, int, int]], entities: list[Entity]) -> list[Piece]:
    """Cut a body where its parts and its codes begin and end, so that a page can fold the one and mark the other."""
    found: list[Piece] = []
    for kind, start, end in parts or [(BODY, 0, len(body))]:
        folded = kind not in (BODY, GREETING)
        place = start
        for entity in sorted(entities, key=lambda one: one.start):
            if place <= entity.start and entity.end <= end:
                found.append(Piece(body[place : entity.start], "", True, folded))
                found.append(Piece(body[entity.start : entity.end], entity.type, entity.valid, folded))
                place = entity.end
        found.append(Piece(body[place:end], "", True, folded))
    return [piece for piece in found if piece.text]


def corrections_of(number: str) -> list[CorrectionFacts]:
    """Return what people decided about a ticket's labels, the latest first."""
    rows = Ticket.objects.get(number=number).corrections.order_by("-at", "-id")
    return [CorrectionFacts(row.field, row.before, row.after, row.by, row.at) for row in rows]


@transaction.atomic
def read_proposals_of(number: str, *, at: datetime) -> list[ReadProposalFacts]:
    """Return the readings found in a ticket, each open one with what metering would make of it at this instant."""
    rows = ReadProposal.objects.filter(ticket__number=number).order_by("id")
    return [_proposal(row, at) for row in rows]


def _proposal(row: ReadProposal, at: datetime) -> ReadProposalFacts:
    verdict, against = "", ""
    if row.state == ReadProposal.State.PROPOSED:
        judged = load_reads(
            register_id=np.array([row.register_id]),
            read_on=np.array([row.read_on], dtype="datetime64[D]"),
            index_milli=np.array([row.index_milli]),
            kind="self",
            received_at=at,
            dry_run=True,
        )
        verdict = ("accepted", "held", "refused", "repeated")[int(judged.verdict[0])]
        rule = RULES[int(judged.rule[0])]
        reason = judged.reasons.get(0)
        against = reason.facts if reason is not None else rule
    return ReadProposalFacts(
        row.pk, row.serial, row.index_milli, row.read_on, row.state, row.decided_by, row.note, verdict, against
    )
