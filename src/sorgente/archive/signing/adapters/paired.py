"""Which tablet is this? By the token it was given when it was paired."""

from __future__ import annotations

from datetime import datetime

from sorgente.archive.signing.core.secrets import token_sha256
from sorgente.archive.signing.models import TabletPairing
from sorgente.shared.errors import SorgenteError


class TabletUnknown(SorgenteError):
    code = "signing.tablet.unknown"


def paired_tablet(device_token: str, *, at: datetime) -> TabletPairing:
    """Return the pairing of a device token; raises TabletUnknown when it ended, expired or never was."""
    found = TabletPairing.objects.filter(
        device_token_sha256=token_sha256(device_token), unpaired_at=None, expires_at__gt=at
    ).first()
    if found is None:
        raise TabletUnknown("Tablet", "It is not paired, or no longer.", "Pair it again with a new QR code.")
    return found
