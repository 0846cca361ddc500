"""Where a login is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session

from sorgente.customers.access.models import PortalSession


@dataclass(frozen=True, slots=True)
class SignedIn:
    id: int
    device: str
    started_at: datetime
    is_this: bool


def sessions_of(user_id: int, *, this: str | None, at: datetime) -> list[SignedIn]:
    """Return the sessions of a login that go on, the latest first; `this` is the key of the one that asks."""
    rows = list(PortalSession.objects.filter(portal_user__user_id=user_id).order_by("-started_at"))
    alive = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=at).values_list(
            "session_key", flat=True
        )
    )
    return [
        SignedIn(row.pk, row.device, row.started_at, row.session_key == this)
        for row in rows
        if row.session_key in alive
    ]
