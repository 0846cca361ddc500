"""What documents are about came to its end: from that day the years of their retention run."""

from __future__ import annotations

from datetime import date, datetime

from sorgente.archive.models import SubjectEnd


def end_subject(*, subject: str, ended_on: date, at: datetime) -> None:
    """Record the day on which a contract or mandate ended; told again, the latest day holds.

    subject  as documents name it: `contract:…`, `mandate:…`
    """
    SubjectEnd.objects.update_or_create(subject=subject, defaults={"ended_on": ended_on, "recorded_at": at})
