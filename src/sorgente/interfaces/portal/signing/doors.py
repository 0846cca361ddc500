"""Two doors to one envelope: a tablet the clerk paired, or the link in a mail. Nothing else is reached through them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from sorgente.archive.signing.core.values import Source
from sorgente.archive.signing.queries.envelopes import EnvelopeView, envelope_by_token, tablet_envelope

TABLET_COOKIE = "firma_tablet"
DEVICE_COOKIE = "firma_dispositivo"
_PATH = "/firma/"
_YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Door:
    """An envelope and the way it was reached; `place` is the first part of the addresses of its pages."""

    envelope: EnvelopeView
    place: str
    is_tablet: bool
    source: Source

    def address(self, name: str = "sheet", *more: str | int) -> str:
        key: str | int = self.envelope.id if self.is_tablet else self.place
        return reverse(f"signing:{'tablet' if self.is_tablet else 'link'}_{name}", args=[key, *more])


def open_door(request: HttpRequest, *, envelope_id: int | None, token: str | None, at: datetime) -> Door:
    """Return the envelope of an address; raises TabletUnknown, UnknownEnvelope."""
    if token is not None:
        return Door(envelope_by_token(token), token, False, source_of(request))
    assert envelope_id is not None
    view = tablet_envelope(request.COOKIES.get(TABLET_COOKIE, ""), envelope_id, at=at)
    return Door(view, str(envelope_id), True, source_of(request))


def source_of(request: HttpRequest) -> Source:
    return Source(
        ip=str(request.META.get("REMOTE_ADDR", "")),
        agent=request.headers.get("User-Agent", ""),
        device=request.COOKIES.get(DEVICE_COOKIE, ""),
    )


def name_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser a random name of its own, for the evidence; the same one every time."""
    known = request.COOKIES.get(DEVICE_COOKIE)
    _keep(response, DEVICE_COOKIE, known or secrets.token_urlsafe(12), seconds=_YEAR)


def new_device_name(request: HttpRequest) -> None:
    """Name a browser that has no name yet before its first act is recorded."""
    request.COOKIES.setdefault(DEVICE_COOKIE, secrets.token_urlsafe(12))


def keep_tablet(response: HttpResponseBase, *, device_token: str, seconds: int) -> None:
    _keep(response, TABLET_COOKIE, device_token, seconds=seconds)


def forget_tablet(response: HttpResponseBase) -> None:
    response.delete_cookie(TABLET_COOKIE, path=_PATH)


def _keep(response: HttpResponseBase, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path=_PATH, httponly=True, samesite="Lax", secure=settings.HTTPS)
