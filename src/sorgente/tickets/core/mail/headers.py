"""Headers of mails, read without ever failing: what cannot be decoded is shown as well as it can be."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

_LONGEST = 20_000
_MAIL_ID = re.compile(r"<[^<>\s]{1,990}>")
_ADDRESS = re.compile(r"[^\s@<>\"(),;:]+@[^\s@<>\"(),;:]+")


def header(message: Message, name: str) -> str:
    """Return a header as one line of text; empty when it is not there."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), None)
    return "" if raw is None else decoded(str(raw))


def decoded(raw: str) -> str:
    """Return the text of a header: encoded words decoded, bytes in no charset guessed, line breaks gone."""
    text = _readable(" ".join(raw[:_LONGEST].split()))
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError, AssertionError):
        return text
    found = "".join(_piece(content, charset) for content, charset in pieces)
    return "".join(c if c.isprintable() else " " for c in " ".join(found.split()))


def _readable(text: str) -> str:
    """Give bytes that came outside of any encoding (as surrogates) the likeliest letters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text_of(text.encode("utf-8", "surrogateescape"), None)
    return text


def _piece(content: bytes | str, charset: str | None) -> str:
    if isinstance(content, str):
        return content
    # decode_header hands unencoded pieces back as raw-unicode-escape bytes.
    return content.decode("raw-unicode-escape", "replace") if charset is None else text_of(content, charset)


def text_of(content: bytes, charset: str | None) -> str:
    """Return the text of bytes; a charset that is unknown or does not fit gives way to UTF-8, then to Windows-1252."""
    named = (charset or "").strip("\"' ").lower()
    # Much Italian mail says it is Latin 1 and is UTF-8: accents then come in pairs that real Latin 1 never has.
    order = ["utf-8", named] if named in ("", "us-ascii", "ascii", "iso-8859-1", "latin-1") else [named, "utf-8"]
    for name in order:
        try:
            # Some charsets can spell halves of letters, which nothing after here could store.
            return content.decode(name).encode("utf-8", "replace").decode().replace("\0", "")
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace").replace("\0", "")


def first_address(message: Message, *names: str) -> tuple[str, str]:
    """Return (address in lower case, name) of the first header that has one; empty texts when none does."""
    for name in names:
        text = header(message, name)
        try:
            pairs = getaddresses([text])
        except (ValueError, IndexError):
            pairs = []
        for shown, address in pairs:
            if _ADDRESS.fullmatch(address):
                return address.lower(), shown.strip("\"' ")
        loose = _ADDRESS.search(text)
        if loose:
            return loose[0].lower(), text[: loose.start()].strip(" <\"'")
    return "", ""


def all_addresses(message: Message, *names: str) -> tuple[str, ...]:
    """Return every address of the headers, in lower case, each once."""
    found = [match.lower() for name in names for match in _ADDRESS.findall(header(message, name))]
    return tuple(dict.fromkeys(found))


def mail_ids(text: str) -> tuple[str, ...]:
    """Return the message ids in a header, in order, each once."""
    return tuple(dict.fromkeys(_MAIL_ID.findall(text)))


def sent_at(message: Message) -> datetime | None:
    """Return when the mail says it was sent, in UTC; None when it does not say or says nonsense."""
    try:
        found = parsedate_to_datetime(header(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
