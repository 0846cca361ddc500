"""`sorgente manage check --deploy` refuses to seal contracts with the demonstration's keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from sorgente.tariffs.rules import rules


@register(deploy=True)
def production_trust(**_: Any) -> list[Error]:
    """Name every key of the demonstration that is still in use, and a private key where only a certificate belongs."""
    found = []
    if not (settings.SEAL_PKCS12 or settings.SEAL_PKCS11_MODULE):
        found.append(
            Error(
                "Documents are sealed with the demonstration's key, which has no legal value.",
                hint="Set SORGENTE_SEAL_PKCS12 and SORGENTE_SEAL_PASSWORD, or SORGENTE_SEAL_PKCS11_MODULE.",
                id="signing.E001",
            )
        )
    if not settings.TSA_URL:
        found.append(Error("Time stamps are the demonstration's.", hint="Set SORGENTE_TSA_URL.", id="signing.E002"))
    if not settings.TRUST_DIR:
        found.append(
            Error("The trusted roots are the demonstration's.", hint="Set SORGENTE_TRUST_DIR.", id="signing.E003")
        )
    file = settings.SIGNING_BIOMETRICS_CERTIFICATE
    if not file:
        found.append(
            Error(
                "Biometrics are encrypted for the demonstration's third party, whose key lies on this machine.",
                hint="Set SORGENTE_BIOMETRICS_CERTIFICATE to the third party's certificate.",
                id="signing.E004",
            )
        )
    elif Path(file).is_file() and b"PRIVATE KEY" in Path(file).read_bytes():
        found.append(Error(f"{file} holds a private key.", hint="Keep the certificate alone here.", id="signing.E005"))
    policies = [entry.value["insurance_policy"] for entry in rules().rule("signing.enrolment").history()]
    if any("dimostrazione" in policy for policy in policies[-1:]):
        found.append(
            Error(
                "The insurance policy of the advanced signature is an invented one.",
                hint="Write the company's own into rules/signing/enrolment.yaml.",
                id="signing.E006",
            )
        )
    return found
