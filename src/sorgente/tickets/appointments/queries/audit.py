"""A9, appointments: every appointment and every number of the counter ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from sorgente.shared.audit import Problem

_OPEN = """
SELECT held.code, held.state FROM appointments_appointment held
  JOIN appointments_seat seat ON seat.id = held.seat_id
  JOIN appointments_slot slot ON slot.id = seat.slot_id
 WHERE held.state IN ('booked', 'arrived') AND slot.ends_at < %(at)s - interval '2 days' ORDER BY held.id
"""
_WAITING = """
SELECT place.code, ticket.on, ticket.number FROM appointments_counterticket ticket
  JOIN appointments_place place ON place.id = ticket.place_id
 WHERE ticket.ended_at IS NULL AND ticket.on < %(today)s - 1 ORDER BY ticket.id
"""


def problems(at: datetime) -> Iterator[Problem]:
    """Yield the appointments of two days ago or earlier, and the numbers before yesterday, that nobody closed."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"at": at})
        for code, state in cursor.fetchall():
            yield Problem("A9", f"appointment {code}", f"its time has passed and it is still {state}")
        cursor.execute(_WAITING, {"today": at.date()})
        for place, on, number in cursor.fetchall():
            yield Problem("A9", f"number {number} of {place}, {on}", "the office has closed and it was not ended")
