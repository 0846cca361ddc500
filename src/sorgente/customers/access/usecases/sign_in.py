"""Sign-in: the password is looked at here; the second factor is another step."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction

from sorgente.customers.access.models import PortalSession, PortalUser
from sorgente.customers.access.queries.accounts_of_user import Login, login_by_email
from sorgente.customers.access.usecases import limits
from sorgente.shared.errors import SorgenteError


class SignInRefused(SorgenteError):
    code = "access.sign-in.refused"


def check_password(*, email: str, password: str, address: str, at: datetime) -> Login:
    """Return the login that e-mail and password open.

    address  network address, counted too
    raises   SignInRefused without telling which of the two is wrong, TooManyAttempts

    Wrong tries are counted: call it outside a transaction.
    """
    key = email.strip().lower()
    for what, counted in (("sign-in-email", key), ("sign-in-address", address)):
        limits.refuse_if_too_many(what=what, key=counted, at=at)
    login = login_by_email(key)
    if login is None:
        make_password(password)  # as slow as a password that is looked at: the time tells nothing
        user = None
    else:
        username = PortalUser.objects.values_list("user__username", flat=True).get(pk=login.id)
        user = authenticate(None, username=username, password=password)
    if login is None or user is None:
        for what, counted in (("sign-in-email", key), ("sign-in-address", address)):
            limits.count(what=what, key=counted, at=at)
        raise SignInRefused("Sign-in", "E-mail and password do not go together.", "Try again, or ask for a new one.")
    limits.forget(what="sign-in-email", key=key)
    return login


def note_session(*, user_id: int, session_key: str, device: str, at: datetime) -> None:
    """Remember where somebody signed in, so that they can end it from elsewhere."""
    PortalSession.objects.get_or_create(
        session_key=session_key,
        defaults={
            "portal_user": PortalUser.objects.get(user_id=user_id),
            "device": device[:80],
            "started_at": at,
        },
    )


@transaction.atomic
def end_sessions(*, user_id: int, session_id: int | None = None, but: str | None = None) -> int:
    """Sign a login out: of one session, or of all but the one with the key `but`; return how many ended."""
    rows = PortalSession.objects.filter(portal_user__user_id=user_id)
    rows = rows.filter(pk=session_id) if session_id is not None else rows.exclude(session_key=but or "")
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return rows.delete()[0]
