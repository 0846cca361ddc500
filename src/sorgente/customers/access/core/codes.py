"""Codes that people copy from paper or from a mail, and the hashes that are kept of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets

# No I, L, O, 0, 1: nobody has to guess. 31 signs, a prime, so that the check sign finds every single wrong sign
# and every two neighbours exchanged.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10
_MISREAD = str.maketrans({"-": "", " ": "", ".": ""})


def new_activation_code() -> str:
    """Return ten signs, the latest one a check sign: 44 bits nobody guesses in five tries an hour."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_sign(body)


def derived_activation_code(*, account_number: str, reference: str, key: str) -> str:
    """Return the code a paper carries: the same account and paper always give the same one, so nobody need keep it.

    reference  the paper: "bill:2026/SII/0000123"
    """
    left = int(hash_of(f"{account_number}:{reference}", purpose="activation-of-paper", key=key), 16)
    body = ""
    for _ in range(LENGTH - 1):
        left, place = divmod(left, len(ALPHABET))
        body += ALPHABET[place]
    return body + check_sign(body)


def check_sign(body: str) -> str:
    """Return the check sign of the nine signs before it."""
    return ALPHABET[sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, start=1)) % len(ALPHABET)]


def typed(text: str) -> str:
    """Return what somebody typed in the shape codes are kept in: capitals, no dashes or spaces."""
    return "".join(text.split()).upper().translate(_MISREAD)


def is_well_formed(code: str) -> bool:
    """Tell whether ten signs can be a code at all: right length, right signs, right check sign."""
    return len(code) == LENGTH and all(sign in ALPHABET for sign in code) and check_sign(code[:-1]) == code[-1]


def printed(code: str) -> str:
    """Return the code as paper shows it: ABCDE-FGHJK."""
    return f"{code[:5]}-{code[5:]}"


def new_digits() -> str:
    """Return six digits for a mail."""
    return f"{secrets.randbelow(1_000_000):06d}"


def new_token() -> str:
    """Return a token for a link: 256 bits."""
    return secrets.token_urlsafe(32)


def hash_of(text: str, *, purpose: str, key: str) -> str:
    """Return the keyed hash that is kept in place of a code; 64 hexadecimal digits."""
    return hmac.new(key.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two hashes in constant time."""
    return hmac.compare_digest(one, other)
