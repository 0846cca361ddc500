"""What a verifier trusts: a folder of root certificates and revocation lists, PEM or DER."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn1crypto import crl, pem, x509

from sorgente.shared.errors import SorgenteError

_CERTIFICATES = (".pem", ".crt", ".cer", ".der")


class TrustWrong(SorgenteError):
    code = "signing.trust.wrong"


@dataclass(frozen=True, slots=True)
class Trust:
    """Roots (self-signed), other certificates of their chains, and revocation lists."""

    roots: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...]
    revocation_lists: tuple[crl.CertificateList, ...]


def read_trust(folder: Path) -> Trust:
    """Return the trust of a folder; raises TrustWrong when a file cannot be read or there is no root."""
    certificates: list[x509.Certificate] = []
    lists: list[crl.CertificateList] = []
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            if file.suffix in _CERTIFICATES:
                certificates += [_parsed(x509.Certificate, one) for one in _blocks(file.read_bytes())]
            elif file.suffix == ".crl":
                lists += [_parsed(crl.CertificateList, one) for one in _blocks(file.read_bytes())]
        except (OSError, ValueError, TypeError) as problem:
            raise TrustWrong(str(file), f"It cannot be read: {problem}.", "Use PEM or DER certificates.") from problem
    roots = tuple(one for one in certificates if one.self_signed != "no")
    if not roots:
        raise TrustWrong(str(folder), "It holds no root certificate.", "Put the roots there, or name another folder.")
    return Trust(roots, tuple(one for one in certificates if one.self_signed == "no"), tuple(lists))


def _blocks(data: bytes) -> list[bytes]:
    if not pem.detect(data):
        return [data]
    return [block for _, _, block in pem.unarmor(data, multiple=True)]


def _parsed(kind: Any, data: bytes) -> Any:
    made = kind.load(data, strict=True)
    _ = made.native  # asn1crypto reads lazily: now or never
    return made
