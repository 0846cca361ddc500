"""Quiet hours: when a telephone may ring again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")


def rings_at(moment: datetime, *, begins_at: time, ends_at: time) -> datetime:
    """Return the moment itself, or the end of the quiet hours it falls in; local time, and they may pass midnight.

    Equal ends mean no quiet hours.
    """
    local = moment.astimezone(ROME)
    clock = local.time()
    over_midnight = begins_at > ends_at
    quiet = clock >= begins_at or clock < ends_at if over_midnight else begins_at <= clock < ends_at
    if not quiet:
        return moment
    day = local.date() + timedelta(days=1) if over_midnight and clock >= begins_at else local.date()
    return datetime.combine(day, ends_at, tzinfo=ROME).astimezone(moment.tzinfo)
