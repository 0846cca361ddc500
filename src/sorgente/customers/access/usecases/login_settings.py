"""What somebody changes about their own login: password, second factor, language."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from sorgente.customers.access.adapters import mail
from sorgente.customers.access.core import letters
from sorgente.customers.access.models import PortalUser
from sorgente.customers.access.usecases import limits
from sorgente.customers.access.usecases.activate import set_password
from sorgente.customers.access.usecases.sign_in import end_sessions
from sorgente.shared.company import company

_tokens = PasswordResetTokenGenerator()


def send_reset(*, email: str, link: str, address: str, at: datetime) -> None:
    """Mail a link that chooses a new password, if the address has a login; nobody learns whether it has.

    link    address of the page, with `{uid}` and `{token}` where they go
    raises  TooManyAttempts, MailDown
    """
    key = email.strip().lower()
    for what, counted in (("mail", key), ("mail-address", address)):
        limits.refuse_if_too_many(what=what, key=counted, at=at)
        limits.count(what=what, key=counted, at=at)
    login = PortalUser.objects.filter(email=key, blocked_at=None).select_related("user").first()
    if login is None:
        return
    subject, body = letters.written(
        letters.RESET,
        language=login.language,
        hours=str(int(timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT).total_seconds() // 3600)),
        link=link.format(uid=urlsafe_base64_encode(force_bytes(login.pk)), token=_tokens.make_token(login.user)),
        company=company().name,
    )
    mail.send(to=login.email, subject=subject, body=body, at=at)


def user_of_reset(*, uid: str, token: str) -> int | None:
    """Return the Django user whose link this is; None when it is used or too old."""
    try:
        key = int(urlsafe_base64_decode(uid))
    except (ValueError, OverflowError):
        return None
    login = PortalUser.objects.filter(pk=key, blocked_at=None).select_related("user").first()
    return login.user_id if login is not None and _tokens.check_token(login.user, token) else None


@transaction.atomic
def change_password(*, user_id: int, password: str) -> None:
    """Set a new password and end every session; raises PasswordTooWeak."""
    login = PortalUser.objects.select_related("user").get(user_id=user_id)
    set_password(login.user, password)
    end_sessions(user_id=user_id)


def choose_second_factor(*, user_id: int, factor: str) -> None:
    """Choose "email" or "totp" for the sign-ins to come."""
    login = PortalUser.objects.get(user_id=user_id)
    login.second_factor = PortalUser.SecondFactor(factor)
    login.save()


def choose_language(*, user_id: int, language: str) -> None:
    """Choose the language of pages and mails: "it" or "en"."""
    login = PortalUser.objects.get(user_id=user_id)
    if login.language != language:
        login.language = language
        login.save()
