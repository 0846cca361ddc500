"""How a message leaves: e-mail and PEC through Django's backend, letters as files for the printer, the area at once."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from sorgente.archive.queries.documents import read_document
from sorgente.messages.adapters.outbox_file import put
from sorgente.messages.adapters.push import send_push
from sorgente.messages.adapters.sms import send_sms
from sorgente.messages.adapters.trouble import ChannelDown, NotAccepted
from sorgente.messages.core.text import message_id


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


class Channels:
    """The ways out during one round of delivery; holds one open connection for the e-mails."""

    def __init__(self, as_of: datetime) -> None:
        self.as_of = as_of
        self.connection: Any = None

    def __enter__(self) -> Channels:
        return self

    def __exit__(self, *_: object) -> None:
        if self.connection is not None:
            self.connection.close()

    def send(self, message: Any) -> None:
        """Send one message (a row of messages.models.Message).

        raises  NotAccepted, ChannelDown, and what the archive says when the attachment cannot be read
        """
        attachment = _attachment(message.document) if message.document_id else None
        if message.channel in ("email", "pec"):
            self._email(message, attachment)
        elif message.channel == "post":
            self._letter(message, attachment)
        elif message.channel == "sms":
            send_sms(message, as_of=self.as_of)
        elif message.channel == "push":
            send_push(message)
        # In the area the customer finds it by itself: being queued and ended is all there is to do.

    def _email(self, message: Any, attachment: Attachment | None) -> None:
        try:
            if self.connection is None:
                self.connection = get_connection()
                self.connection.open()
            _compose(message, attachment, self.as_of, self.connection).send()
        except SMTPRecipientsRefused as problem:
            raise _refused(message, str(problem.recipients)) from None
        except SMTPResponseException as problem:
            if problem.smtp_code >= 500:
                raise _refused(message, f"{problem.smtp_code} {problem.smtp_error!r}") from None
            raise _down(message, f"{problem.smtp_code} {problem.smtp_error!r}") from None
        except (SMTPException, OSError) as problem:
            self.connection = None
            raise _down(message, str(problem)) from None

    def _letter(self, message: Any, attachment: Attachment | None) -> None:
        day = Path(settings.EMAIL_FILE_PATH) / "letters" / self.as_of.date().isoformat()
        name = _file_name(message.key)
        try:
            if attachment is not None:
                put(day / f"{name}{Path(attachment.name).suffix}", attachment.content)
            put(day / f"{name}.txt", f"{message.recipient}\n\n{message.subject_line}\n\n{message.body}\n".encode())
        except OSError as problem:
            raise _down(message, str(problem)) from None


def _compose(message: Any, attachment: Attachment | None, as_of: datetime, connection: Any) -> EmailMessage:
    sender = settings.DEFAULT_FROM_EMAIL
    written = EmailMessage(
        subject=message.subject_line,
        body=message.body,
        from_email=sender,
        to=[message.recipient],
        connection=connection,
        headers={
            # The same message has the same id, so that a mailbox that gets it twice shows it once.
            "Message-ID": message_id(message.key, sender=sender),
            "Date": format_datetime(as_of),
            "Auto-Submitted": "auto-generated",
            **message.headers,
        },
    )
    if attachment is not None:
        written.attach(attachment.name, attachment.content, attachment.media_type)
    return written


def _attachment(document: Any) -> Attachment:
    extension = mimetypes.guess_extension(document.media_type) or ""
    name = document.metadata.get("file_name") or f"{_file_name(document.title)}{extension}"
    return Attachment(name, document.media_type, read_document(document.sha256))


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-.")


def _refused(message: Any, why: str) -> NotAccepted:
    return NotAccepted(
        f"Message {message.key}", f"{message.recipient} was refused: {why}.", "Correct the address, then queue it anew."
    )


def _down(message: Any, why: str) -> ChannelDown:
    return ChannelDown(
        f"Message {message.key}", f"It could not be sent: {why}.", "It is tried again at the next delivery."
    )
