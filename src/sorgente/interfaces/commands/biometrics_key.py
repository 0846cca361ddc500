"""`sorgente biometrics key`: the third party makes its key pair, on its own machine, and gives us the certificate."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from sorgente.archive.signing.core.certificates import encryption_certificate, key_pem, new_key, pem
from sorgente.interfaces.commands.biometrics_open import password_of
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--holder", required=True, help="who keeps the private key: a notary, a certifier")
    parser.add_argument("--out", required=True, metavar="DIR", help="new folder for key and certificate")
    parser.add_argument("--password-file", metavar="FILE", help="first line: the password that locks the private key")


def run(arguments: argparse.Namespace) -> int:
    password = password_of(arguments.password_file)
    folder = Path(arguments.out)
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise WrongUse(f"--out {folder}", f"{error.strerror}.", "Name a folder that is not there yet.") from None
    key = new_key()
    certificate = encryption_certificate(
        key, name="Chiave dei dati biometrici", organisation=arguments.holder, at=datetime.now(UTC)
    )
    private = folder / "third-party.key"
    private.touch(mode=0o600)
    private.write_bytes(key_pem(key, password))
    (folder / "certificate.pem").write_bytes(pem(certificate))
    print(
        f"Private key: {private} (stays with {arguments.holder}; the company never sees it)\n"
        f"Certificate: {folder / 'certificate.pem'} (for the company: SORGENTE_BIOMETRICS_CERTIFICATE)",
        file=sys.stderr,
    )
    return 0
