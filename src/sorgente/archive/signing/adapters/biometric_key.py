"""The third party's certificate, for which browsers encrypt biometrics. Its private key is never here."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from sorgente.archive.signing.adapters.demo_trust import ensure_demo_trust
from sorgente.shared.errors import SorgenteError

_FEWEST_BITS = 2048


class BiometricKeyWrong(SorgenteError):
    code = "signing.biometrics.key-wrong"


@dataclass(frozen=True, slots=True)
class BiometricKey:
    """What the page needs: WebCrypto imports `spki` (base64) as RSA-OAEP with SHA-256."""

    key_id: str
    spki: str
    holder: str


def biometric_key() -> BiometricKey:
    """Return the key of the third party; raises BiometricKeyWrong naming the file."""
    file = Path(settings.SIGNING_BIOMETRICS_CERTIFICATE or ensure_demo_trust().biometrics_certificate)
    try:
        data = file.read_bytes()
        if b"PRIVATE KEY" in data:
            raise ValueError("it holds a private key, which must never be here")
        certificate = x509.load_pem_x509_certificate(data)
    except (OSError, ValueError) as problem:
        raise BiometricKeyWrong(
            str(file), f"It is no certificate: {problem}.", "Ask the third party for the certificate alone, as PEM."
        ) from problem
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < _FEWEST_BITS:
        raise BiometricKeyWrong(str(file), "Its key is not RSA of 2048 bits or more.", "Make an RSA-3072 key.")
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return BiometricKey(
        hashlib.sha256(spki).hexdigest(), base64.b64encode(spki).decode(), certificate.subject.rfc4514_string()
    )


def biometric_key_id() -> str:
    return biometric_key().key_id
