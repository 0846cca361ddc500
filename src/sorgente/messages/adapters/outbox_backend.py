"""The local outbox: Django's e-mail backend that leaves each message as one .eml file a mail program can open.

    <EMAIL_FILE_PATH>/email/2026-03-12/<message id>.eml

The file is named by the Message-ID, so a message that is sent again after a crash is still one file.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from sorgente.messages.adapters.outbox_file import put

_LINE = 76  # of base64, as MIME asks
_STAND_IN = 24  # bytes of a stand-in: one line of base64, no padding


class EmailBackend(BaseEmailBackend):
    def __init__(self, fail_silently: bool = False, **_: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.folder = Path(settings.EMAIL_FILE_PATH) / "email"

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            headers = message.extra_headers
            day = parsedate_to_datetime(headers["Date"]).date().isoformat()
            name = "".join(c for c in headers["Message-ID"].split("@")[0] if c.isalnum() or c in "-_")
            put(self.folder / day / f"{name}.eml", _bytes_of(message))
        return len(email_messages)


def _bytes_of(message: EmailMessage) -> bytes:
    """Return the message as written on the wire.

    Python's mail generator walks every line of every attachment, which takes longer than drawing the bill. It writes
    the message around short stand-ins, and the attachments take their places afterwards.
    """
    real = list(message.attachments)
    stand_ins: list[tuple[bytes, bytes]] = []
    try:
        for place, attachment in enumerate(real):
            content = attachment[1]
            if isinstance(content, bytes) and not str(attachment[2]).startswith(("text/", "message/")):
                stand_in = secrets.token_bytes(_STAND_IN)
                stand_ins.append((base64.b64encode(stand_in), content))
                message.attachments[place] = (attachment[0], stand_in, attachment[2])
        mime = message.message()
        if mime.is_multipart():
            mime.set_boundary(secrets.token_hex(20))  # else the generator searches the whole text for a free one
        written = mime.as_bytes()
    finally:
        message.attachments[:] = real
    for mark, content in stand_ins:
        encoded = base64.b64encode(content)
        lines = b"\n".join(encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE))
        written = written.replace(mark, lines, 1)
    return written
