"""A mail's bytes as texts, files and facts. Whatever the bytes are, something comes out."""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.policy import compat32

from sorgente.tickets.core.mail.automatic import Origin, origin_of
from sorgente.tickets.core.mail.headers import all_addresses, decoded, first_address, header, mail_ids, sent_at, text_of
from sorgente.tickets.core.mail.html import clean_html, text_of_html
from sorgente.tickets.core.mail.pec import ANOMALY, RECEIPT, TRANSPORT, open_envelope, receipt_about

_MOST_PARTS = 200  # a mail of more is made to tire whoever opens it; the rest stays in the archived mail
_LONGEST_SUBJECT = 300
_LONGEST_BODY = 200_000
_HARMLESS = ("smime.p7s", "smime.p7m", "daticert.xml", "postacert.eml")  # the envelope's own papers


@dataclass(frozen=True, slots=True)
class PartFile:
    """A file of a mail, as its sender called it and said it is: nothing of that is trusted."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedMail:
    """A mail as read. `defects` says in Italian what was wrong with it; empty for a sound one."""

    mail_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    reply_to: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    files: tuple[PartFile, ...]
    sent_at: datetime | None
    origin: Origin
    is_pec: bool
    receipt: str  # what a PEC receipt says; empty when the mail is none
    receipt_failed: bool
    certificate: dict[str, str]
    defects: tuple[str, ...]


def parse_mail(raw: bytes) -> ParsedMail:
    """Return what a mail says, PEC envelopes opened. Never fails: what cannot be read is named in `defects`."""
    try:
        message = email.message_from_bytes(raw, policy=compat32)
        return _parsed(message)
    except RecursionError:
        # Parts nested in parts by the hundred: the headers are read, the body is left to a person.
        head = email.message_from_bytes(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\r\n\r\n", policy=compat32)
        for name in ("Content-Type", "Content-Transfer-Encoding"):
            del head[name]
        return _parsed(head, "parti annidate oltre misura: il testo è solo nel messaggio originale")


def _parsed(message: Message, *defects: str) -> ParsedMail:
    envelope = open_envelope(message)
    outer, is_pec = message, False
    if envelope is not None and envelope.inner is not None:
        message = envelope.inner
        is_pec = envelope.kind == TRANSPORT
    elif envelope is not None and envelope.kind in (TRANSPORT, ANOMALY):
        defects = (*defects, "busta PEC senza il messaggio postacert.eml")
        is_pec = envelope.kind == TRANSPORT
    parts = list(_leaves(message))
    if len(parts) > _MOST_PARTS:
        defects = (*defects, f"più di {_MOST_PARTS} parti: le altre sono solo nel messaggio originale")
        parts = parts[:_MOST_PARTS]
    plain, html, files = _sorted(parts)
    text = "\n".join(plain).strip()
    if html and _words(text) < 3 <= _words(text_of_html(html)):
        text = text_of_html(html)
    if message.defects or any(part.defects for part in parts):
        defects = (*defects, "formato MIME irregolare")
    sender, sender_name = first_address(message, "From", "Sender", "Return-Path")
    if not sender:
        defects = (*defects, "manca il mittente")
    is_receipt = envelope is not None and envelope.kind == RECEIPT
    answered = receipt_about(outer) if is_receipt else header(message, "In-Reply-To")
    return ParsedMail(
        mail_id=next(iter(mail_ids(header(message, "Message-ID"))), ""),
        in_reply_to=next(iter(mail_ids(answered)), ""),
        references=mail_ids(header(message, "References"))[-50:],
        sender=sender[:254],
        sender_name=sender_name[:200],
        reply_to=first_address(message, "Reply-To")[0][:254],
        recipients=all_addresses(outer, "Delivered-To", "X-Original-To", "To", "Cc"),
        subject=header(message, "Subject")[:_LONGEST_SUBJECT],
        text=text.replace("\r\n", "\n").replace("\r", "\n")[:_LONGEST_BODY],
        html=clean_html(html) if html else "",
        files=files,
        sent_at=sent_at(message),
        origin=origin_of(message),
        is_pec=is_pec,
        receipt=envelope.says if envelope is not None and is_receipt else "",
        receipt_failed=envelope is not None and envelope.failed,
        certificate=envelope.certificate if envelope is not None else {},
        defects=defects,
    )


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold content; a message inside a message is one file, not its parts."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _leaves(part)


def _sorted(parts: list[Message]) -> tuple[list[str], str, tuple[PartFile, ...]]:
    plain: list[str] = []
    html = ""
    files: list[PartFile] = []
    for number, part in enumerate(parts, 1):
        kind = part.get_content_type()
        name = decoded(str(_filename(part)))
        if name.lower() in _HARMLESS:
            continue
        is_file = bool(name) or part.get_content_disposition() == "attachment" or not kind.startswith("text/")
        if is_file:
            content = _content(part)
            if content:
                files.append(PartFile(name or f"parte-{number}", kind, content))
        elif kind == "text/html" and not html:
            html = text_of(_content(part), part.get_content_charset())
        elif kind != "text/html":
            plain.append(text_of(_content(part), part.get_content_charset()))
    return plain, html, tuple(files)


def _filename(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return "allegato"


def _content(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        return inner.as_bytes() if isinstance(inner, Message) else b""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, AssertionError):
        found = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return found if isinstance(found, bytes) else b""


def _words(text: str) -> int:
    return len(re.findall(r"[^\W\d_]{2,}", text))


def fingerprint(mail: ParsedMail, raw: bytes, *, size: int) -> str:
    """Return a hash of what was written: the same for copies that came another way, another for another text.

    Headers that servers add on the way (Received, Delivered-To…) are not part of it.
    """
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1].replace(b"\r\n", b"\n").rstrip()
    total = hashlib.sha256()
    sent = mail.sent_at.isoformat() if mail.sent_at else ""
    for text in (mail.mail_id, mail.sender, sent, mail.subject, mail.in_reply_to, str(size)):
        total.update(text.encode("utf-8", "replace") + b"\0")
    total.update(body)
    return total.hexdigest()
