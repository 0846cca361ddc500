"""A9, messages: every message ends, sent, failed or called off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from sorgente.shared.audit import Problem

# Five rounds a minute apart end a message whose channel is down; a day leaves room for workers that stood still.
_UNENDED = """
SELECT key, greatest(queued_at, not_before) FROM outbox_message
 WHERE state = 'queued' AND greatest(queued_at, coalesce(not_before, queued_at)) < %(at)s - interval '1 day'
 ORDER BY id
"""
_HALF_ENDED = "SELECT key, state FROM outbox_message WHERE (state = 'queued') <> (ended_at IS NULL) ORDER BY id"


def problems(at: datetime) -> Iterator[Problem]:
    """Yield the messages that, at that moment, waited a day without an end, and those whose end has no time."""
    with connection.cursor() as cursor:
        cursor.execute(_UNENDED, {"at": at})
        for key, since in cursor.fetchall():
            yield Problem("A9", f"message {key}", f"it waits since {since:%Y-%m-%d %H:%M} UTC and has not ended")
        cursor.execute(_HALF_ENDED)
        for key, state in cursor.fetchall():
            yield Problem("A9", f"message {key}", f"it is {state}, and the time of its end says otherwise")
