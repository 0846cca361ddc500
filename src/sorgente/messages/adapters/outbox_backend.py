"""The local outbox: Django's e-mail backend that leaves each message as one .eml file a mail program can open.

    <EMAIL_FILE_PATH>/email/2026-03-12/<message id>.eml

The file is named by the Message-ID, so a message that is sent again after a crash is still one file.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from sorgente.messages.adapters.outbox_file import put


class EmailBackend(BaseEmailBackend):
    def __init__(self, fail_silently: bool = False, **_: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.folder = Path(settings.EMAIL_FILE_PATH) / "email"

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            written = message.message()
            day = parsedate_to_datetime(written["Date"]).date().isoformat()
            name = "".join(c for c in written["Message-ID"].split("@")[0] if c.isalnum() or c in "-_")
            put(self.folder / day / f"{name}.eml", written.as_bytes())
        return len(email_messages)
