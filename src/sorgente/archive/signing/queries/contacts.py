"""Where a signer is reached: for the journey that sends link and copy, never for a page."""

from __future__ import annotations

from dataclasses import dataclass

from sorgente.archive.signing.core.refusals import UnknownEnvelope
from sorgente.archive.signing.models import Envelope


@dataclass(frozen=True, slots=True)
class SignerContacts:
    """The verified contacts of an envelope, in clear; empty when there is none."""

    name: str
    email: str
    mobile: str
    language: str


def contacts_of(envelope_id: int) -> SignerContacts:
    """Return the contacts an envelope was opened with; raises UnknownEnvelope."""
    row = Envelope.objects.filter(pk=envelope_id).first()
    if row is None:
        raise UnknownEnvelope(f"Envelope {envelope_id}", "There is none.", "Open it again from the request.")
    return SignerContacts(row.signer_name, row.email, row.mobile, row.language)
