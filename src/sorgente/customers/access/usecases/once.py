"""The same form sent twice (a double tap, the back button, a telephone that tries again) makes one thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from sorgente.customers.access.core.codes import hash_of
from sorgente.customers.access.models import Submission


@transaction.atomic
def once(*, key: str, at: datetime, make: Callable[[], str]) -> str:
    """Return the number or code of what `make` made now, or when this key came before.

    key     of the form with all that was written into it: `sent_key` of the web area; empty: it is always made
    raises  what make raises; then nothing is kept, and the form can be sent again

    Two that come at the same time: the second waits for the first to be stored.
    """
    if not key:
        return make()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Submission._meta.db_table} (key_hash, made, at) VALUES (%s, '', %s)"
            " ON CONFLICT (key_hash) DO NOTHING RETURNING id",
            [_hash(key), at],
        )
        fresh = cursor.fetchone()
    if fresh is None:
        return str(Submission.objects.values_list("made", flat=True).get(key_hash=_hash(key)))
    made = make()
    Submission.objects.filter(pk=fresh[0]).update(made=made)
    return made


def made_before(key: str) -> str | None:
    """Return the number or code of what a form made when it came before; None when it never did."""
    return Submission.objects.filter(key_hash=_hash(key)).values_list("made", flat=True).first() if key else None


def _hash(key: str) -> str:
    return hash_of(key, purpose="submission", key=settings.SECRET_KEY)
