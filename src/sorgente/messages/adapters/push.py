"""Web push: the payload encrypted for one browser (RFC 8291), the sender proven with VAPID (RFC 8292)."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from pywebpush import WebPushException, webpush
from requests import RequestException

from sorgente.messages.adapters.trouble import ChannelDown, NotAccepted
from sorgente.messages.models import PushSubscription
from sorgente.shared.secrets import decrypt

WAITS_SECONDS = 15
KEEPS_SECONDS = 2 * 86_400  # how long the push service holds a notification for a telephone that is off


def private_key() -> str:
    """Return the application's key as the library takes it: 32 bytes, base64url without padding."""
    return _base64(_key().private_numbers().private_value.to_bytes(32, "big"))


def public_key() -> str:
    """Return what a browser asks for when it subscribes (`applicationServerKey`)."""
    return _base64(_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def send_push(message: Any) -> None:
    """Send one notification (a row of messages.models.Message whose recipient is the id of a subscription).

    raises  NotAccepted when the browser has gone (its subscription ends with that), ChannelDown when the push service
            does not answer
    """
    to = PushSubscription.objects.filter(pk=int(message.recipient)).first()
    if to is None or to.gone_at is not None:
        raise _gone(message)
    payload = {"title": message.subject_line, "body": message.body, "url": message.link, "tag": message.about}
    try:
        webpush(
            {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": decrypt(to.auth, key=settings.FIELD_KEY)}},
            data=json.dumps(payload, ensure_ascii=False),
            vapid_private_key=private_key(),
            vapid_claims={"sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}"},
            ttl=KEEPS_SECONDS,
            timeout=WAITS_SECONDS,
        )
    except WebPushException as problem:
        status = problem.response.status_code if problem.response is not None else 0
        if status in (404, 410):
            to.gone_at = message.queued_at
            to.save(update_fields=["gone_at"])
            raise _gone(message) from None
        if 400 <= status < 500 and status != 429:
            raise NotAccepted(
                f"Message {message.key}", f"The push service answered {status}.", "Look at the keys of the application."
            ) from None
        raise _down(message, f"the push service answered {status or 'nothing'}") from None
    except (RequestException, ValueError) as problem:
        raise _down(message, type(problem).__name__) from None


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(
        int.from_bytes(base64.urlsafe_b64decode(settings.VAPID_KEY + "=="), "big"), ec.SECP256R1()
    )


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _gone(message: Any) -> NotAccepted:
    return NotAccepted(
        f"Message {message.key}", "The browser no longer takes notifications.", "The customer can turn them on again."
    )


def _down(message: Any, why: str) -> ChannelDown:
    return ChannelDown(
        f"Message {message.key}", f"It could not be sent: {why}.", "It is tried again at the next delivery."
    )
