"""The company's seal and the time-stamp authority, from the settings; without any, the demonstration's own.

SEAL_PKCS12, SEAL_PASSWORD                               a key in a file
SEAL_PKCS11_MODULE, _TOKEN, _PIN, _CERTIFICATE           a key in a device (needs the package python-pkcs11)
TSA_URL                                                  RFC 3161 over HTTP
TRUST_DIR                                                roots and revocation lists, PEM or DER
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import keys, pem
from asn1crypto import x509 as asn1_x509
from django.conf import settings
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sorgente.archive.signing.adapters.demo_trust import DemoTrust, ensure_demo_trust
from sorgente.archive.signing.core.trust import Trust, read_trust
from sorgente.shared.errors import SorgenteError


class SealKeyWrong(SorgenteError):
    code = "signing.seal.key-wrong"


def uses_demo_seal() -> bool:
    return not (settings.SEAL_PKCS12 or settings.SEAL_PKCS11_MODULE)


def seal_signer() -> Signer:
    """Return the company's seal; raises SealKeyWrong."""
    if settings.SEAL_PKCS11_MODULE:
        return _from_device()
    if uses_demo_seal():
        trust = ensure_demo_trust()
        return _from_file(str(trust.seal), trust.seal_password)
    return _from_file(settings.SEAL_PKCS12, settings.SEAL_PASSWORD)


def seal_certificate() -> asn1_x509.Certificate:
    """Return the certificate of the seal."""
    certificate = seal_signer().signing_cert
    if certificate is None:
        raise SealKeyWrong("Seal", "It has no certificate.", "Put the certificate beside the key.")
    return certificate


def time_stamper(at: datetime) -> TimeStamper:
    """Return the time-stamp authority; the demonstration's stamps the instant it is given."""
    if settings.TSA_URL:
        return HTTPTimeStamper(settings.TSA_URL, timeout=20)
    trust = ensure_demo_trust()
    certificate, key = _stamp_of(trust)
    return DummyTimeStamper(certificate, key, certs_to_embed=SimpleCertificateStore(), fixed_dt=at)


def company_trust() -> Trust:
    """Return the roots and revocation lists this installation trusts."""
    return read_trust(Path(settings.TRUST_DIR) if settings.TRUST_DIR else ensure_demo_trust().roots)


def validation_context() -> ValidationContext:
    """Return what certificates are checked against when validation data is put into a document."""
    trust = company_trust()
    return ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=list(trust.others),
        crls=list(trust.revocation_lists),
        allow_fetching=bool(settings.TSA_URL),
    )


@lru_cache(maxsize=4)
def _from_file(file: str, password: str) -> SimpleSigner:
    try:
        signer = SimpleSigner.load_pkcs12_data(
            Path(file).read_bytes(), other_certs=[], passphrase=password.encode() or None
        )
    except (OSError, ValueError) as problem:
        raise SealKeyWrong(
            file, f"It cannot be opened: {problem}.", "Check SORGENTE_SEAL_PKCS12 and SORGENTE_SEAL_PASSWORD."
        ) from None
    # Only the company's own certificate goes into the signature: whoever verifies has the root, and every byte of the
    # signature is then bound by it.
    return SimpleSigner(
        signing_cert=signer.signing_cert, signing_key=signer.signing_key, cert_registry=_issuers(signer)
    )


def _issuers(signer: SimpleSigner) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    store.register_multiple(
        one for one in signer.cert_registry if one.self_signed == "no" and one != signer.signing_cert
    )
    return store


def _from_device() -> Signer:
    try:
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError as problem:
        raise SealKeyWrong(
            settings.SEAL_PKCS11_MODULE, f"{problem}.", "Install the package python-pkcs11."
        ) from problem
    session = open_pkcs11_session(
        settings.SEAL_PKCS11_MODULE,
        token_criteria=TokenCriteria(label=settings.SEAL_PKCS11_TOKEN),
        user_pin=settings.SEAL_PKCS11_PIN,
    )
    return PKCS11Signer(session, cert_label=settings.SEAL_PKCS11_CERTIFICATE)


@lru_cache(maxsize=4)
def _stamp_of(trust: DemoTrust) -> tuple[asn1_x509.Certificate, keys.PrivateKeyInfo]:
    certificate = pem.unarmor(trust.stamp_certificate.read_bytes())[2]
    key = pem.unarmor(trust.stamp_key.read_bytes())[2]
    return asn1_x509.Certificate.load(certificate), keys.PrivateKeyInfo.load(key)
