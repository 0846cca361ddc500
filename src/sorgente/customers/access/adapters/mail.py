"""Codes and links by e-mail, at once: they are of no use in a queue, and nobody at the desk should read them there."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, make_msgid
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from sorgente.shared.errors import SorgenteError


class MailDown(SorgenteError):
    code = "access.mail.down"


def send(*, to: str, subject: str, body: str, at: datetime) -> None:
    """Send one mail; raises MailDown."""
    headers = {"Date": format_datetime(at), "Message-ID": make_msgid(domain=settings.DEFAULT_FROM_EMAIL.split("@")[-1])}
    try:
        EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to], headers=headers).send()
    except (OSError, SMTPException) as problem:
        raise MailDown(
            "E-mail to you", f"It could not be sent: {type(problem).__name__}.", "Try again in a few minutes."
        ) from problem
