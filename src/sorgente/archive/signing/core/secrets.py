"""Tokens and codes: made at random, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


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
