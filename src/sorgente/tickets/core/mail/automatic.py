"""Mails that no person wrote: answering them would start a conversation between machines (RFC 3834)."""

from __future__ import annotations

import re
from email.message import Message
from typing import NamedTuple

from sorgente.tickets.core.mail.headers import first_address, header, mail_ids

PERSON, GENERATED, BULK, AUTOMATIC, BOUNCE = "person", "generated", "bulk", "automatic", "bounce"

_ROBOTS = re.compile(r"^(?:mailer-daemon|postmaster|mail-?daemon|double-bounce)@", re.I)
_NO_REPLY = re.compile(r"^(?:no-?reply|non-?rispondere|do-?not-?reply|bounce\S*)@", re.I)
_OUT_OF_OFFICE = re.compile(
    r"^\s*(?:risposta automatica|automatic reply|auto(?:matische antwort|reply|-reply)|out of (?:the )?office"
    r"|fuori (?:ufficio|sede)|assente dall'ufficio|réponse automatique)\b",
    re.I,
)
_RETURNED = re.compile(
    r"^\s*(?:undeliver|delivery (?:status|failure|has failed)|mail delivery (?:failed|system)|returned mail"
    r"|mancat[ao] (?:recapito|consegna)|failure notice)",
    re.I,
)


class Origin(NamedTuple):
    """Who wrote a mail: kind, whether an automatic answer may be sent, which mails of ours it speaks of, and why."""

    kind: str
    may_answer: bool
    about: tuple[str, ...]
    reason: str


def origin_of(message: Message) -> Origin:
    """Tell a person from a machine, by headers first and by the subject where programs set none."""
    sender, _ = first_address(message, "From", "Sender")
    subject = header(message, "Subject")
    submitted = header(message, "Auto-Submitted").lower()
    about = (*mail_ids(header(message, "In-Reply-To")), *mail_ids(header(message, "References")))
    report = str(message.get_param("report-type", "") or "").lower() if _is_report(message) else ""
    null_sender = header(message, "Return-Path") == "<>"
    if report == "delivery-status" or _ROBOTS.match(sender) or (null_sender and _RETURNED.match(subject)):
        return Origin(BOUNCE, False, (*about, *_returned_ids(message)), "mancato recapito di un nostro messaggio")
    if submitted.startswith("auto-replied") or report == "disposition-notification":
        return Origin(AUTOMATIC, False, about, "risposta automatica (Auto-Submitted)")
    for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"):
        if header(message, name) and header(message, name).lower() != "no":
            return Origin(AUTOMATIC, False, about, f"risposta automatica ({name})")
    precedence = header(message, "Precedence").lower()
    if precedence == "auto_reply" or _OUT_OF_OFFICE.match(subject):
        return Origin(AUTOMATIC, False, about, "risposta automatica (oggetto)")
    if submitted and not submitted.startswith("no"):
        return Origin(GENERATED, False, about, "scritto da un programma")
    if precedence in ("bulk", "list", "junk") or header(message, "List-Id") or header(message, "List-Unsubscribe"):
        return Origin(BULK, False, about, "spedizione a molti")
    return Origin(PERSON, bool(sender) and not null_sender and not _NO_REPLY.match(sender), about, "")


def _is_report(message: Message) -> bool:
    return message.get_content_type() == "multipart/report"


def _returned_ids(message: Message) -> tuple[str, ...]:
    """Return the Message-ID of the mail that came back: it is inside, whole or its headers alone."""
    found: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            if isinstance(inner, Message):
                found += mail_ids(header(inner, "Message-ID"))
        elif part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            lines = re.findall(rb"(?im)^message-id:\s*(<[^<>\s]+>)", text) if isinstance(text, bytes) else []
            found += [line.decode("latin-1") for line in lines]
    return tuple(found)
