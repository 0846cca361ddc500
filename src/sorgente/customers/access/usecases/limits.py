"""How often something may be tried: counted in the database, so that every process counts the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from sorgente.customers.access.core.codes import hash_of
from sorgente.customers.access.models import ActivationCode, Attempt, Submission
from sorgente.shared.errors import SorgenteError

_KEPT = timedelta(days=2)
_FORMS_KEPT = timedelta(days=60)


class TooManyAttempts(SorgenteError):
    code = "access.attempts.too-many"


# what -> (how many, within)
LIMITS = {
    "activate-account": (5, timedelta(hours=1)),
    "activate-address": (20, timedelta(hours=1)),
    "sign-in-email": (5, timedelta(minutes=15)),
    "sign-in-address": (50, timedelta(minutes=15)),
    "second-factor": (5, timedelta(minutes=15)),
    "mail": (6, timedelta(hours=1)),
    "mail-address": (30, timedelta(hours=1)),
    "invite": (10, timedelta(days=1)),
    "push-test": (10, timedelta(hours=1)),
    "booking-address": (10, timedelta(hours=1)),
    "pair-address": (10, timedelta(minutes=15)),
}


def refuse_if_too_many(*, what: str, key: str, at: datetime) -> None:
    """Raise TooManyAttempts when this was counted too often for this key lately."""
    most, within = LIMITS[what]
    if Attempt.objects.filter(what=what, key_hash=_hash(what, key), at__gt=at - within).count() >= most:
        minutes = int(within.total_seconds() // 60)
        raise TooManyAttempts(
            "Access to the web area",
            f"{most} attempts within {minutes} minutes were used up.",
            "Wait, then try again; or call us.",
        )


def count(*, what: str, key: str, at: datetime) -> None:
    """Count one attempt. Not to be called inside a transaction that is taken back."""
    Attempt.objects.create(what=what, key_hash=_hash(what, key), at=at)


def forget(*, what: str, key: str) -> None:
    """Forget what was counted: the right answer came."""
    Attempt.objects.filter(what=what, key_hash=_hash(what, key)).delete()


def clear_old_attempts(*, as_of: datetime) -> int:
    """Delete what no limit looks at any more, and forms sent so long ago that nobody sends them again; return how many.

    Codes of papers past their day go too: the hash of one proves nothing any more.
    """
    gone = Attempt.objects.filter(at__lt=as_of - _KEPT).delete()[0]
    gone += Submission.objects.filter(at__lt=as_of - _FORMS_KEPT).delete()[0]
    codes = ActivationCode.objects.exclude(reference="").filter(used_at=None, expires_at__lt=as_of - _FORMS_KEPT)
    return gone + codes.delete()[0]


def _hash(what: str, key: str) -> str:
    return hash_of(key.strip().lower(), purpose=f"attempt:{what}", key=settings.SECRET_KEY)
