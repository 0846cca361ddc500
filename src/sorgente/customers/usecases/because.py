"""Who changed something and why: kept by the database beside every row of history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory


@contextmanager
def because(*, author: str, reason: str) -> Iterator[None]:
    """Name author and reason of every change made inside; an inner one adds to an outer one.

    with because(author=request.user.username, reason="Richiesta del cliente, ticket 2026-118"):
        change_terms(...)
    """
    with pghistory.context(author=author, reason=reason):
        yield
