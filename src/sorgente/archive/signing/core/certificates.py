"""Make keys and certificates: the demonstration's own authority, and the third party's key for biometrics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Demonstrations live months that are gone; their certificates are valid then too.
_FIRST, _LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)
_BITS = 3072


def new_key(bits: int = _BITS) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_pem(key: rsa.RSAPrivateKey, password: str = "") -> bytes:
    """Return a private key as PKCS#8 PEM, encrypted when there is a password."""
    lock: KeySerializationEncryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


def pem(certificate: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def authority(key: rsa.RSAPrivateKey, *, name: str, organisation: str) -> x509.Certificate:
    """Return a root certificate that may sign certificates and revocation lists."""
    subject = _name(name, organisation)
    builder = (
        _builder(subject, subject, key, _FIRST, _LATEST)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def sealing_certificate(
    key: rsa.RSAPrivateKey, *, name: str, organisation: str, issuer: x509.Certificate, issuer_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    """Return a certificate to seal documents: digitalSignature and nonRepudiation."""
    builder = _issued(key, _name(name, organisation), issuer, issuer_key).add_extension(
        _usage(digital_signature=True, content_commitment=True), critical=True
    )
    return builder.sign(issuer_key, hashes.SHA256())


def time_stamp_certificate(
    key: rsa.RSAPrivateKey, *, name: str, organisation: str, issuer: x509.Certificate, issuer_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    """Return a certificate of a time-stamp authority: extended use timeStamping alone, critical (RFC 3161, 2.3)."""
    builder = (
        _issued(key, _name(name, organisation), issuer, issuer_key)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def revocation_list(issuer: x509.Certificate, issuer_key: rsa.RSAPrivateKey) -> x509.CertificateRevocationList:
    """Return a list that revokes nothing."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(_FIRST)
        .next_update(_LATEST)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def encryption_certificate(
    key: rsa.RSAPrivateKey, *, name: str, organisation: str, at: datetime, years: int = 20
) -> x509.Certificate:
    """Return the third party's own certificate: browsers wrap keys for it, nothing is signed with it."""
    subject = _name(name, organisation)
    builder = _builder(subject, subject, key, at - timedelta(days=1), at + timedelta(days=365 * years)).add_extension(
        _usage(key_encipherment=True), critical=True
    )
    return builder.sign(key, hashes.SHA256())


def _name(name: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IT"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _issued(
    key: rsa.RSAPrivateKey, subject: x509.Name, issuer: x509.Certificate, issuer_key: rsa.RSAPrivateKey
) -> x509.CertificateBuilder:
    return (
        _builder(subject, issuer.subject, key, _FIRST, _LATEST)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
