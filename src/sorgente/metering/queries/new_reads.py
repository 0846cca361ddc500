"""What meters have shown lately, with the read before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

_NEW = """
SELECT r.id, i.service_point_id, r.read_on, r.index_milli, r.kind, r.state, r.reason,
       b.read_on, r.running_milli - b.running_milli
  FROM metering_read r
  JOIN metering_installation i ON i.register_id = r.register_id AND i.installed @> r.read_on
  LEFT JOIN LATERAL (
       SELECT e.read_on, e.running_milli FROM metering_read e
        WHERE e.register_id = r.register_id AND e.state = 'accepted' AND e.read_on < r.read_on
        ORDER BY e.read_on DESC LIMIT 1) b ON true
 WHERE r.received_at >= %(since)s AND r.received_at < %(until)s AND {which}
 ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class NewRead:
    """A read as it came; `used_milli` since the accepted read of `before_on`, both None when there is none."""

    id: int
    service_point_id: int
    read_on: date
    index_milli: int
    kind: str
    state: str
    reason: str
    before_on: date | None
    used_milli: int | None


def new_reads(service_point_ids: Sequence[int], *, since: datetime, until: datetime) -> list[NewRead]:
    """Return the accepted radio and reader's reads of these points received in [since, until)."""
    which = "r.state = 'accepted' AND r.kind IN ('radio', 'reader') AND i.service_point_id = ANY(%(points)s)"
    return _reads(which, since, until, list(service_point_ids))


def high_reads(*, since: datetime, until: datetime) -> list[NewRead]:
    """Return the reads received in [since, until) that are held because far more water ran than usual."""
    return _reads("r.state = 'held' AND r.reason LIKE 'high:%%'", since, until, [])


def _reads(which: str, since: datetime, until: datetime, points: list[int]) -> list[NewRead]:
    with connection.cursor() as cursor:
        cursor.execute(_NEW.format(which=which), {"since": since, "until": until, "points": points})
        return [NewRead(*row) for row in cursor.fetchall()]
