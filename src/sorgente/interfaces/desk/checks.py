"""`sorgente manage check --deploy` refuses what only a demonstration may have: open doors, own secrets, no address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

_SHORTEST_SECRET = 32
_HERE = {"localhost", "127.0.0.1", "::1", "testserver"}


@register("security", deploy=True)
def production(**_: Any) -> list[CheckMessage]:
    """Name each setting that production must not have, with the one to set."""
    return [*_doors(), *_secrets(), *_services()]


def _doors() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(_error(1, "Anybody signs in with one click.", "Unset SORGENTE_DEMO."))
    if not settings.HTTPS:
        found.append(_error(2, "Cookies travel unprotected.", "Set SORGENTE_HTTPS behind a proxy that ends TLS."))
    site = urlsplit(settings.SITE_ADDRESS)
    if site.scheme != "https" or site.hostname in _HERE:
        found.append(
            _error(3, f"Links in messages lead to {settings.SITE_ADDRESS}.", "Set SORGENTE_SITE to https://….")
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(_error(9, "The web answers to any name.", "Name the hosts in SORGENTE_HOSTS."))
    return found


def _secrets() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SECRETS_MADE_HERE:
        names = ", ".join(settings.SECRETS_MADE_HERE)
        found.append(
            _error(8, f"{names}: made by this machine and kept beside the data.", "Set them in the environment.")
        )
    if settings.SWITCHBOARD_SECRET and len(settings.SWITCHBOARD_SECRET) < _SHORTEST_SECRET:
        found.append(
            _error(4, "The switchboard's secret can be guessed.", f"Give it {_SHORTEST_SECRET} characters or more.")
        )
    return found


def _services() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.SMS_GATEWAY:
        found.append(Warning("SMS become files of the outbox.", hint="Set SORGENTE_SMS_GATEWAY.", id="sorgente.W001"))
    elif urlsplit(settings.SMS_GATEWAY).scheme != "https" or not settings.SMS_GATEWAY_TOKEN:
        found.append(_error(5, "SMS would leave unprotected.", "Set an https SORGENTE_SMS_GATEWAY and its _TOKEN."))
    if "outbox" in settings.EMAIL_BACKEND:
        found.append(_error(6, "E-mail becomes files of the outbox.", "Set EMAIL_URL, smtp+tls://…."))
    server = settings.OIDC["server"]
    if server and (urlsplit(server).scheme != "https" or not settings.OIDC["secret"]):
        found.append(
            _error(7, "The provider of identities is reached unprotected.", "Set an https server and the secret.")
        )
    return found


def _error(number: int, text: str, hint: str) -> Error:
    return Error(text, hint=hint, id=f"sorgente.E{number:03}")
