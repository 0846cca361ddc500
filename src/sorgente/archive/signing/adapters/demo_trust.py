"""The trust of the demonstration and of tests: an authority, a seal and a time-stamp certificate, made once.

    var/trust/roots/            root.pem, root.crl          what `sorgente document verify` trusts
    var/trust/seal/             seal.p12, password          what seals documents
    var/trust/stamp/            stamp.pem, stamp.key        the time-stamp authority in this process
    var/trust/biometrics.pem    the third party's certificate
    var/third-party/            biometrics.key              the third party's own: nothing of the application reads it

None of it has legal value; `sorgente manage check --deploy` refuses it (checks.py).
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from django.conf import settings

from sorgente.archive.signing.core import certificates
from sorgente.shared.company import company

_OWN_BITS = 2048
_MADE = datetime(2020, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DemoTrust:
    folder: Path

    @property
    def roots(self) -> Path:
        return self.folder / "roots"

    @property
    def seal(self) -> Path:
        return self.folder / "seal" / "seal.p12"

    @property
    def seal_password(self) -> str:
        return (self.folder / "seal" / "password").read_text()

    @property
    def stamp_certificate(self) -> Path:
        return self.folder / "stamp" / "stamp.pem"

    @property
    def stamp_key(self) -> Path:
        return self.folder / "stamp" / "stamp.key"

    @property
    def biometrics_certificate(self) -> Path:
        return self.folder / "biometrics.pem"


def ensure_demo_trust() -> DemoTrust:
    """Return the demonstration's trust, made the first time; two processes at once make one."""
    place = Path(settings.VAR_DIR) / "trust"
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".trust-", dir=place.parent))
        try:
            _make(DemoTrust(made), made / "third-party")
            third_party = place.parent / "third-party"
            os.rename(made, place)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            if not place.is_dir():
                raise
        else:
            # The third party takes its key away; what the application keeps is the certificate.
            shutil.rmtree(third_party, ignore_errors=True)
            os.rename(place / "third-party", third_party)
    return DemoTrust(place)


def _make(trust: DemoTrust, third_party: Path) -> None:
    organisation = f"{company().name} - DIMOSTRAZIONE"
    for folder in (trust.roots, trust.seal.parent, trust.stamp_key.parent, third_party):
        folder.mkdir(mode=0o700)
    root_key, seal_key, stamp_key = (certificates.new_key(_OWN_BITS) for _ in range(3))
    root = certificates.authority(root_key, name="Autorità di prova senza valore legale", organisation=organisation)
    seal = certificates.sealing_certificate(
        seal_key, name="Sigillo di prova senza valore legale", organisation=organisation, issuer=root,
        issuer_key=root_key,
    )  # fmt: skip
    stamp = certificates.time_stamp_certificate(
        stamp_key, name="Marca temporale di prova", organisation=organisation, issuer=root, issuer_key=root_key
    )
    (trust.roots / "root.pem").write_bytes(certificates.pem(root))
    (trust.roots / "root.crl").write_bytes(certificates.pem(certificates.revocation_list(root, root_key)))
    password = secrets.token_urlsafe(24)
    _write_private(trust.seal.parent / "password", password.encode())
    lock = BestAvailableEncryption(password.encode())
    _write_private(trust.seal, pkcs12.serialize_key_and_certificates(b"seal", seal_key, seal, None, lock))
    trust.stamp_certificate.write_bytes(certificates.pem(stamp))
    _write_private(trust.stamp_key, certificates.key_pem(stamp_key))
    their_key = certificates.new_key()
    theirs = certificates.encryption_certificate(
        their_key, name="Chiave biometrica di prova", organisation="Terzo fiduciario di prova", at=_MADE, years=29
    )
    trust.biometrics_certificate.write_bytes(certificates.pem(theirs))
    _write_private(third_party / "biometrics.key", certificates.key_pem(their_key))


def _write_private(file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)
