"""The envelope of encrypted biometrics, as the browser makes it. The server checks its form and cannot open it.

    {"v": 1, "alg": "A256GCM", "key_alg": "RSA-OAEP-256",
     "key_id":      SHA-256 of the third party's public key (SubjectPublicKeyInfo), 64 hexadecimal digits
     "wrapped_key": the AES key under that public key, base64
     "iv":          12 bytes, base64
     "ciphertext":  AES-256-GCM with its 16-byte tag at the end, base64
     "aad":         the associated data, text: see `associated_data`}

Inside, once opened: {"v": 1, "input": "pen_pressure", "width": …, "height": …, "points": [{"t": ms since the first,
"x": …, "y": …, "p": 0..1, "tx": degrees, "ty": degrees, "s": stroke from 0}, …]}.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

from sorgente.archive.signing.core.chain import canonical
from sorgente.shared.errors import SorgenteError

VERSION = 1
_KEYS = {"v", "alg", "key_alg", "key_id", "wrapped_key", "iv", "ciphertext", "aad"}
_LONGEST = 2_000_000  # bytes; ten minutes at 200 Hz are less
_WRAPPED = range(256, 1025)  # RSA-2048 to RSA-8192
_TAG = 16


class BlobRefused(SorgenteError):
    code = "signing.biometrics.refused"


def associated_data(*, document_sha256: str, envelope_id: int, field: str) -> str:
    """Return what ties the biometrics to one field of one document."""
    return f"sorgente-biometrics/{VERSION}|{document_sha256}|{envelope_id}|{field}"


def checked_blob(
    blob: Mapping[str, Any], *, document_sha256: str, envelope_id: int, field: str, key_id: str
) -> dict[str, Any]:
    """Return the envelope of encrypted biometrics when its form is right; raises BlobRefused."""

    def refuse(facts: str) -> BlobRefused:
        return BlobRefused(f"Biometrics of {field}", facts, "Reload the page and sign again.")

    if not isinstance(blob, Mapping) or set(blob) != _KEYS:
        raise refuse("They are not an encrypted envelope with exactly its fields.")
    if (blob["v"], blob["alg"], blob["key_alg"]) != (VERSION, "A256GCM", "RSA-OAEP-256"):
        raise refuse("They are encrypted in another way than A256GCM and RSA-OAEP-256.")
    if blob["key_id"] != key_id:
        raise refuse("They are encrypted for another key than the third party's.")
    if blob["aad"] != associated_data(document_sha256=document_sha256, envelope_id=envelope_id, field=field):
        raise refuse("They belong to another document or field.")
    sizes = {}
    for name in ("wrapped_key", "iv", "ciphertext"):
        try:
            sizes[name] = len(decoded(blob[name]))
        except (TypeError, ValueError, binascii.Error):
            raise refuse(f"Their {name} is not base64.") from None
    if sizes["iv"] != 12 or sizes["wrapped_key"] not in _WRAPPED or not _TAG < sizes["ciphertext"] <= _LONGEST:
        raise refuse("A part has a wrong length.")
    return dict(blob)


def decoded(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(text)
    return base64.b64decode(text, validate=True)


def blob_sha256(blob: Mapping[str, Any]) -> str:
    return hashlib.sha256(blob_bytes(blob)).hexdigest()


def blob_bytes(blob: Mapping[str, Any]) -> bytes:
    """Return the envelope as it is attached to the PDF."""
    return canonical(blob)
