"""Text that lies encrypted in the database: IBANs, meter keys, tokens. The key never does.

    token = encrypt("IT60X0542811101000000123456", key=key)      # bytes for a BinaryField
    decrypt(token, key=key)

`key` is any long text (settings pass SORGENTE_FIELD_KEY). Several keys separated by commas: the first one encrypts,
all of them decrypt, so that a new key can be put in front of the old one.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from sorgente.shared.errors import SorgenteError

_SHORTEST_KEY = 32


class KeyTooShort(SorgenteError):
    code = "shared.secrets.key-too-short"


class CannotDecrypt(SorgenteError):
    code = "shared.secrets.cannot-decrypt"


def encrypt(text: str, *, key: str) -> bytes:
    """Return the text encrypted and signed; each call gives other bytes. raises KeyTooShort"""
    return _cipher(key).encrypt(text.encode())


def decrypt(token: bytes | memoryview, *, key: str) -> str:
    """Return the text again; raises CannotDecrypt when key or bytes are not those of `encrypt`."""
    try:
        return _cipher(key).decrypt(bytes(token)).decode()
    except InvalidToken:
        raise CannotDecrypt(
            "Encrypted field",
            "Its bytes were not made with this key, or they were changed.",
            "Set SORGENTE_FIELD_KEY to the key of this database, old keys after the new one, separated by commas.",
        ) from None


@lru_cache(maxsize=8)
def _cipher(key: str) -> MultiFernet:
    keys = [part.strip() for part in key.split(",") if part.strip()]
    short = [part for part in keys if len(part) < _SHORTEST_KEY]
    if not keys or short:
        raise KeyTooShort(
            "SORGENTE_FIELD_KEY",
            f"A key has fewer than {_SHORTEST_KEY} characters.",
            "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
        )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(part.encode()).digest())) for part in keys])
