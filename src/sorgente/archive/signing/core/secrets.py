"""Tokens and codes: made at random, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another


def new_pairing_code() -> str:
    """Return ten letters a person can copy, 50 random bits: enough for a code that lives minutes and works once."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def pairing_code_sha256(code: str) -> str:
    """Return the hash of a pairing code however it was typed: small letters, blanks, no hyphen."""
    return token_sha256("".join(letter for letter in code.upper() if letter in _LETTERS))


def new_code(digits: int) -> str:
    """Return a random code of so many digits, zeros in front kept."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def masked_mobile(number: str) -> str:
    """Return a number that its owner recognises and nobody else can use: `•••• 420`."""
    return f"•••• {number[-3:]}"


def masked_email(address: str) -> str:
    """Return an address that its owner recognises: `m•••@example.org`."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"
