"""Write one message of a conversation with its files: used by every way in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sorgente.archive.core.upload_errors import UploadRefused
from sorgente.archive.core.uploads import inspect_upload
from sorgente.archive.usecases.store_document import NewDocument, store_documents
from sorgente.tickets.core.message import Classified
from sorgente.tickets.core.segments import segment
from sorgente.tickets.core.values import Attachment
from sorgente.tickets.models import Prediction, Ticket, TicketAttachment, TicketMessage

_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Written:
    """A message to write down; see the fields of TicketMessage."""

    direction: str
    at: datetime
    body: str
    subject: str = ""
    sender: str = ""
    recipient: str = ""
    mail_id: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    html: str = ""
    author: str = ""
    outbox_key: str = ""
    document_id: int | None = None
    automatic: bool = False
    attachments: Sequence[Attachment] = field(default=())


def write_message(*, ticket: Ticket, written: Written) -> TicketMessage:
    """Store a message and its files; a file that is unsafe or of no known kind is named with the reason.

    Files that pass go to the archive; the others stay inside the archived mail, when there is one.
    """
    message = TicketMessage.objects.create(
        ticket=ticket,
        direction=written.direction,
        automatic=written.automatic,
        document_id=written.document_id,
        mail_id=written.mail_id,
        in_reply_to=written.in_reply_to,
        references=" ".join(written.references),
        sender=written.sender,
        recipient=written.recipient,
        subject=written.subject,
        body=written.body,
        parts=[[part.kind, part.start, part.end] for part in segment(written.body)],
        html=written.html,
        outbox_key=written.outbox_key,
        author=written.author,
        at=written.at,
    )
    for attachment in written.attachments:
        _keep(message, ticket, attachment, written.at)
    if written.at > ticket.latest_at:
        ticket.latest_at = written.at
        ticket.save(update_fields=["latest_at"])
    return message


def _keep(message: TicketMessage, ticket: Ticket, attachment: Attachment, at: datetime) -> None:
    document_id, media_type, problem = None, "", ""
    filename = "".join(c for c in attachment.filename if c.isprintable())[:_LONGEST_NAME] or "allegato"
    try:
        found = inspect_upload(content=attachment.content, filename=attachment.filename)
    except UploadRefused as refusal:
        problem = f"{refusal.facts} [{refusal.code}]"
    else:
        filename, media_type = found.filename, found.media_type
        subjects = [f"ticket:{ticket.number}", *([f"party:{ticket.party_id}"] if ticket.party_id else [])]
        stored = store_documents(
            [
                NewDocument(
                    attachment.content,
                    f"Allegato di {ticket.number}: {filename}",
                    "attachment",
                    media_type,
                    subjects,
                    {"file_name": filename},
                )
            ],
            stored_at=at,
        )
        document_id = stored[0].pk
    TicketAttachment.objects.create(
        message=message,
        document_id=document_id,
        filename=filename,
        media_type=media_type,
        size=len(attachment.content),
        problem=problem,
    )


def write_prediction(*, message: TicketMessage, found: Classified, model: str, threshold: float) -> Prediction:
    """Store what the model proposed for a message, with the model's name."""
    return Prediction.objects.create(
        message=message,
        model=model,
        threshold=threshold,
        category=found.category,
        ranked=[[name, round(chance, 4)] for name, chance in found.ranked],
        secondary=list(found.secondary),
        regulated_type=found.regulated_type,
        priority=found.priority,
        confidence=found.confidence,
        abstain=found.abstain,
        language=found.language,
        reasons=list(found.reasons),
        entities=[
            {
                "type": entity.type,
                "where": entity.where,
                "start": entity.start,
                "end": entity.end,
                "text": entity.text,
                "normalized": entity.normalized,
                "valid": entity.valid,
                "in_quote": entity.in_quote,
            }
            for entity in found.entities
        ],
        made_at=message.at,
    )
