"""Which conversation a mail belongs to: the number in its subject, the token in the address it was sent to."""

from __future__ import annotations

import hashlib
import hmac
import re

_NUMBER = re.compile(r"\bT\d{4}-\d{6,9}\b", re.I)
_PLUS = re.compile(r"\+(t\d{4}-\d{6,9})\.([0-9a-f]{12})@", re.I)
_MARKS = re.compile(r"^\s*(?:(?:re|r|rif|risposta|fwd?|i|inoltro)\s*:\s*)+", re.I)


def number_in(subject: str) -> str:
    """Return the ticket number a subject names; empty when it names none."""
    found = _NUMBER.search(subject)
    return found[0].upper() if found else ""


def plain_subject(subject: str) -> str:
    """Return the subject without the marks of answers and forwards, and without our number."""
    text = re.sub(r"\s*\[\s*T\d{4}-\d{6,9}\s*\]\s*", " ", subject, flags=re.I)
    return " ".join(_MARKS.sub("", text).split())


def answer_subject(subject: str, number: str) -> str:
    """Return the subject of our answer, our number in it once."""
    plain = plain_subject(subject) or "La tua segnalazione"
    tail = f" [{number}]"
    return f"Re: {plain[: 190 - len(tail)]}{tail}"


def token_of(number: str, *, secret: str) -> str:
    """Return the part of an answer's address that nobody can guess from the number."""
    return hmac.new(secret.encode(), f"ticket {number.upper()}".encode(), hashlib.sha256).hexdigest()[:12]


def answer_address(address: str, number: str, *, secret: str) -> str:
    """Return the address answers to a ticket go to: clienti+t2026-000123.<token>@…"""
    box, _, domain = address.partition("@")
    return f"{box}+{number.lower()}.{token_of(number, secret=secret)}@{domain}"


def number_by_address(addresses: tuple[str, ...], *, secret: str) -> str:
    """Return the ticket an answer was addressed to; empty when no address carries a true token."""
    for address in addresses:
        found = _PLUS.search(address)
        if found and hmac.compare_digest(token_of(found[1], secret=secret), found[2].lower()):
            return found[1].upper()
    return ""
