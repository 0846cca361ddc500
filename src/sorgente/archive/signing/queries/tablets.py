"""Tablets paired with a clerk, by their pairing or by the token they keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sorgente.archive.signing.core.secrets import token_sha256
from sorgente.archive.signing.models import TabletPairing
from sorgente.shared.errors import SorgenteError


class TabletUnknown(SorgenteError):
    code = "signing.tablet.unknown"


@dataclass(frozen=True, slots=True)
class TabletView:
    """A pairing: offered (no `paired_at`), at work, or ended."""

    pairing_id: int
    clerk: str
    device: str
    code_expires_at: datetime
    paired_at: datetime | None
    seen_at: datetime | None
    expires_at: datetime | None
    unpaired_at: datetime | None


def tablets_of(clerk: str, *, at: datetime) -> list[TabletView]:
    """Return the clerk's tablets at work, the one seen latest first."""
    rows = TabletPairing.objects.filter(clerk=clerk, paired_at__isnull=False, unpaired_at=None, expires_at__gt=at)
    return [_view(row) for row in rows.order_by("-seen_at")]


def pairing(pairing_id: int) -> TabletView:
    """Return one pairing, also before a tablet took it: the clerk's page waits for it; raises TabletUnknown."""
    row = TabletPairing.objects.filter(pk=pairing_id).first()
    if row is None:
        raise TabletUnknown(f"Tablet {pairing_id}", "It is not paired.", "Pair it again with a new QR code.")
    return _view(row)


def tablet(device_token: str, *, at: datetime) -> TabletView:
    """Return the tablet of a device token; raises TabletUnknown."""
    return _view(paired_tablet(device_token, at=at))


def paired_tablet(device_token: str, *, at: datetime) -> TabletPairing:
    """Return the row of a device token, for this process; raises TabletUnknown when it ended, expired or never was."""
    found = TabletPairing.objects.filter(
        device_token_sha256=token_sha256(device_token), unpaired_at=None, expires_at__gt=at
    ).first()
    if found is None:
        raise TabletUnknown("Tablet", "It is not paired, or no longer.", "Pair it again with a new QR code.")
    return found


def _view(row: TabletPairing) -> TabletView:
    return TabletView(
        pairing_id=row.pk,
        clerk=row.clerk,
        device=row.device,
        code_expires_at=row.code_expires_at,
        paired_at=row.paired_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        unpaired_at=row.unpaired_at,
    )
