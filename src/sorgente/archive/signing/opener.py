"""Open the biometrics of a sealed PDF: with the third party's private key, away from the company's machines.

Needs neither database nor settings, only the file and the key. It belongs to whoever keeps the key, for a judge.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from sorgente.archive.signing.core.evidence import EVIDENCE_FILE
from sorgente.archive.signing.core.pdf_files import attached_files
from sorgente.archive.signing.core.sample_format import binary_sample
from sorgente.archive.signing.core.sealed_blob import associated_data, decoded
from sorgente.shared.errors import SorgenteError


class KeyUnusable(SorgenteError):
    code = "signing.opener.key-unusable"


class NoBiometrics(SorgenteError):
    code = "signing.opener.no-biometrics"


class CannotOpen(SorgenteError):
    code = "signing.opener.cannot-open"


@dataclass(frozen=True, slots=True)
class OpenedSignature:
    """One signature in clear: `data` as the browser captured it, `sample` as core.sample_format writes it."""

    field: str
    label: str
    data: dict[str, Any]
    sample: bytes


def load_key(pem: bytes, *, password: str = "", name: str = "Key") -> RSAPrivateKey:
    """Return the third party's private key; raises KeyUnusable."""
    try:
        key = load_pem_private_key(pem, password.encode() or None)
    except (ValueError, TypeError) as problem:
        raise KeyUnusable(name, f"It cannot be read: {problem}.", "Give the PEM key and its password.") from problem
    if not isinstance(key, RSAPrivateKey):
        raise KeyUnusable(name, "It is no RSA key.", "Give the key of the certificate the signatures were made for.")
    return key


def open_biometrics(content: bytes, *, key: RSAPrivateKey, name: str = "File") -> list[OpenedSignature]:
    """Return every signature of a sealed PDF in clear.

    Each opens only with the document that was shown: its hash, taken from the file's own first bytes, is part of what
    was encrypted.
    raises  NoBiometrics, CannotOpen: another key, or bytes of document or biometrics that were changed
    """
    try:
        files = attached_files(PdfFileReader(BytesIO(content)))
        evidence = json.loads(files[EVIDENCE_FILE])
        fields = [one for one in evidence["fields"] if one["biometrics_file"]]
        shown = hashlib.sha256(content[: evidence["document"]["size"]]).hexdigest()
    except (PdfError, ValueError, KeyError, TypeError) as problem:
        raise NoBiometrics(name, f"It holds no evidence of signatures: {problem}.", "Give the sealed PDF.") from problem
    if not fields:
        raise NoBiometrics(name, "It was signed without biometrics.", "There is nothing to open.")
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    opened = []
    for one in fields:
        subject = f"{name} field {one['key']}"
        aad = associated_data(document_sha256=shown, envelope_id=evidence["envelope"], field=one["key"])
        try:
            blob = json.loads(files[one["biometrics_file"]])
            if blob["key_id"] != hashlib.sha256(spki).hexdigest():
                raise CannotOpen(subject, "It is encrypted for another key.", "Use the key it names: see key_id.")
            data = _decrypted(blob, key, aad)
            sample = binary_sample(data["points"], height=data["height"])
        except InvalidTag:
            raise CannotOpen(
                subject, "Its bytes, or the document's, were changed.", "Verify the file: sorgente document verify."
            ) from None
        except (ValueError, KeyError, TypeError) as problem:
            raise CannotOpen(subject, f"It has another form: {problem}.", "Verify the file.") from problem
        opened.append(OpenedSignature(one["key"], one["label"], data, sample))
    return opened


def _decrypted(blob: dict[str, Any], key: RSAPrivateKey, aad: str) -> dict[str, Any]:
    scheme = OAEP(mgf=MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    secret = key.decrypt(decoded(blob["wrapped_key"]), scheme)
    clear = AESGCM(secret).decrypt(decoded(blob["iv"]), decoded(blob["ciphertext"]), aad.encode())
    data: dict[str, Any] = json.loads(clear)
    return data
