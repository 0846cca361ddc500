"""Who may call the API: programs that share a secret and sign each request with it.

    X-Sorgente-Time: 1776672000
    X-Sorgente-Signature: HMAC-SHA256(secret, "<time>.<body>") in hexadecimal

A signature holds for five minutes; what it allows is idempotent, so a repeated request changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase

HOLDS_SECONDS = 300


class SignedRequest(AuthBase):
    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = "X-Sorgente-Signature"

    def __call__(self, request: HttpRequest) -> Any | None:
        secret = settings.SWITCHBOARD_SECRET
        sent_at = request.headers.get("X-Sorgente-Time", "")
        if not secret or not sent_at.isdigit() or abs(time.time() - int(sent_at)) > HOLDS_SECONDS:
            return None
        signature = request.headers.get("X-Sorgente-Signature", "").lower()
        return (
            "switchboard"
            if hmac.compare_digest(sign(request.body, sent_at=sent_at, secret=secret), signature)
            else None
        )


def sign(body: bytes, *, sent_at: str, secret: str) -> str:
    """Return the signature a caller sends with a body at a time (seconds since 1970)."""
    return hmac.new(secret.encode(), sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()
