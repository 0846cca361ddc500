"""A message before it is sent: which fields make it, which recipient its channel needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sorgente.shared.errors import SorgenteError
from sorgente.shared.identifiers import email, pec, phone

EMAIL, PEC, POST, PORTAL, SMS, PUSH = CHANNELS = ("email", "pec", "post", "portal", "sms", "push")
_LONGEST_SUBJECT = 200
# What the queuer may say of an e-mail beside its text; a line break would let the text write headers of its own.
HEADERS = frozenset({"In-Reply-To", "References", "Reply-To", "Auto-Submitted"})


class MessageIncomplete(SorgenteError):
    code = "messages.message.incomplete"


class MessageDiffers(SorgenteError):
    code = "messages.message.differs"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to queue. The same `key` twice is the same message, sent once.

    key         `<subject>:<occasion>`, for example bill:2026/SII/0000123:issued
    recipient   e-mail or PEC address; a telephone number; for a letter the postal address on one line; for the area the
                account number; for a notification the id of the subscription
    about       what it is about, named like archive subjects: bill:2026/SII/0000123
    document_id the archive document attached, or printed when it is a letter
    headers     of an e-mail or PEC, those of HEADERS
    link        of a notification: the address of the page it opens
    """

    key: str
    channel: str
    recipient: str
    subject_line: str
    body: str
    about: str
    contract_account_number: str = ""
    document_id: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    link: str = ""


def message_id(key: str, *, sender: str) -> str:
    """Return the Message-ID of the e-mail with this key: the same message has the same id, however often it leaves."""
    domain = sender.rpartition("@")[2].rstrip(">")
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def checked(message: NewMessage) -> NewMessage:
    """Return the message with its recipient in normal form.

    raises  MessageIncomplete; InvalidEmail or InvalidPec when the address cannot be one
    """
    subject_line = " ".join(message.subject_line.split())
    missing = [
        name
        for name, value in (("key", message.key), ("subject", subject_line), ("recipient", message.recipient.strip()))
        if not value
    ]
    if missing:
        raise MessageIncomplete(
            f"Message {message.key}".strip(), f"It has no {' and no '.join(missing)}.", "Complete it before queueing."
        )
    if len(subject_line) > _LONGEST_SUBJECT:
        raise MessageIncomplete(
            f"Message {message.key}",
            f"Its subject has {len(subject_line)} characters.",
            f"Use at most {_LONGEST_SUBJECT}.",
        )
    if message.channel not in CHANNELS:
        raise MessageIncomplete(
            f"Message {message.key}", f"{message.channel!r} is no channel.", f"Use one of {', '.join(CHANNELS)}."
        )
    strange = [name for name, value in message.headers.items() if name not in HEADERS or not value.isprintable()]
    if strange:
        raise MessageIncomplete(
            f"Message {message.key}",
            f"Its header {strange[0]} may not be set so.",
            f"Use {', '.join(sorted(HEADERS))}.",
        )
    recipient = {EMAIL: email, PEC: pec, SMS: phone}.get(message.channel, str.strip)(message.recipient)
    return NewMessage(
        **{name: getattr(message, name) for name in _NAMES if name not in ("recipient", "subject_line")},
        recipient=recipient,
        subject_line=subject_line,
    )


def refuse_if_different(new: NewMessage, known: Any) -> None:
    """Raise MessageDiffers when the message queued under this key says something else; names the first field."""
    for name in _NAMES:
        ours, theirs = getattr(new, name), getattr(known, name)
        if ours != theirs:
            raise MessageDiffers(
                f"Message {new.key}",
                f"It was queued before with another {name}: {_short(theirs)} instead of {_short(ours)}.",
                "Give the new message a key of its own.",
            )


def _short(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 60 else text[:59] + "…")


_NAMES = tuple(field.name for field in fields(NewMessage))
