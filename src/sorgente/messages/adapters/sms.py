"""SMS through a gateway that takes JSON over HTTPS, or as files where none is named."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from sorgente.messages.adapters.outbox_file import put
from sorgente.messages.adapters.trouble import ChannelDown, NotAccepted

WAITS_SECONDS = 15


def send_sms(message: Any, *, as_of: datetime) -> None:
    """Send one SMS (a row of messages.models.Message): to, text, and the key that makes it one message.

    raises  NotAccepted when the gateway answers 4xx, ChannelDown when it does not answer or answers 5xx
    """
    if not settings.SMS_GATEWAY:
        name = re.sub(r"[^\w.-]+", "-", message.key)
        day = Path(settings.EMAIL_FILE_PATH) / "sms" / as_of.date().isoformat()
        try:
            put(day / f"{name}.txt", f"{message.recipient}\n\n{message.body}\n".encode())
        except OSError as problem:
            raise _down(message, str(problem)) from None
        return
    body = json.dumps({"to": message.recipient, "text": message.body, "reference": message.key}).encode()
    asked = urllib.request.Request(settings.SMS_GATEWAY, data=body, headers={
        "Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
    })  # fmt: skip
    try:
        urllib.request.urlopen(asked, timeout=WAITS_SECONDS).close()
    except urllib.error.HTTPError as problem:
        if 400 <= problem.code < 500 and problem.code != 429:
            raise NotAccepted(
                f"Message {message.key}",
                f"The gateway answered {problem.code}.",
                "Correct the number, then queue it anew.",
            ) from None
        raise _down(message, f"the gateway answered {problem.code}") from None
    except OSError as problem:
        raise _down(message, str(problem)) from None


def _down(message: Any, why: str) -> ChannelDown:
    return ChannelDown(
        f"Message {message.key}", f"It could not be sent: {why}.", "It is tried again at the next delivery."
    )
