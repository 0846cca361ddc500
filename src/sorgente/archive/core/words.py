"""The words by which a document is found: its own text, taken out of it, and the codes that name it."""

from __future__ import annotations

import email
import email.policy
import io
import logging
import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

from lxml import etree

# What is wrong with a file from outside is said by our own errors; the reader's remarks would fill the log.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_MOST_CHARACTERS = 200_000  # a tsvector holds a megabyte; nobody looks for page 100 of a letter
_MOST_PAGES = 60
_LONGEST_CODE = 200


def text_of(content: bytes, media_type: str) -> str:
    """Return the words of a PDF, text, XML or e-mail; empty for pictures and for what cannot be read.

    Never raises: a document is stored and found by its title also when its own words cannot be taken out.
    """
    take = _TAKERS.get(media_type)
    if take is None:
        return ""
    try:
        text = take(content)
    except Exception:  # readers of bytes from outside fail in many ways, and all mean: no words
        return ""
    return plain(text)[:_MOST_CHARACTERS]


def plain(text: str) -> str:
    """Return the text on one line, without what PostgreSQL cannot hold (NUL, lone surrogates)."""
    clean = text.replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")
    return re.sub(r"\s+", " ", clean).strip()


def codes_of(values: Iterable[str]) -> str:
    """Return codes ready to be searched: each as it is, and its pieces, numbers also without leading zeros.

    "bill:2026/SII/0000123" is found by itself, by "2026/SII/0000123", by "0000123" and by "123".
    """
    found: dict[str, None] = {}
    for value in values:
        for word in value[:_LONGEST_CODE].split():
            found[word] = None
            for piece in re.split(r"[^\w]+|_", word):
                if piece:
                    found[piece] = None
                if piece.isdecimal() and piece.lstrip("0"):
                    found[piece.lstrip("0")] = None
            _, colon, rest = word.partition(":")
            if colon and rest:
                found[rest] = None
    return " ".join(found)


def scalars(metadata: Mapping[str, Any]) -> list[str]:
    """Return the texts and whole numbers of a document's own facts, lists opened one level."""
    values: list[str] = []
    for value in metadata.values():
        several = value if isinstance(value, list | tuple) else [value]
        values += [str(one) for one in several if isinstance(one, str | int) and not isinstance(one, bool)]
    return values


def _pdf(content: bytes) -> str:
    from pypdf import PdfReader  # a fifth of a second to import, and most documents are not parsed

    reader = PdfReader(io.BytesIO(content))
    texts: list[str] = []
    for page, _ in zip(reader.pages, range(_MOST_PAGES), strict=False):
        texts.append(page.extract_text())
    return " ".join(texts)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _xml(content: bytes) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return " ".join(str(text) for text in etree.fromstring(content, parser).itertext())


def _mail(content: bytes) -> str:
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = [str(message.get(name, "")) for name in ("subject", "from", "to")]
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None:
        text = str(body.get_content())
        parts.append(_without_tags(text) if body.get_content_subtype() == "html" else text)
    parts += [part.get_filename() or "" for part in message.iter_attachments()]
    return " ".join(parts)


def _without_tags(html: str) -> str:
    visible = re.sub(r"(?is)<(script|style)\b.*?(</\1\s*>|$)", " ", html)
    return unescape(re.sub(r"<[^>]*>", " ", visible))


_TAKERS = {
    "application/pdf": _pdf,
    "text/plain": _text,
    "text/csv": _text,
    "application/xml": _xml,
    "text/xml": _xml,
    "message/rfc822": _mail,
}
