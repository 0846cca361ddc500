"""A9, jobs: every job of the queue ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from sorgente.shared.audit import Problem

_UNENDED = """
SELECT job.id, job.task_name, job.status, min(event.at)
  FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id
 WHERE job.status IN ('todo', 'doing') AND coalesce(job.scheduled_at, %(at)s) <= %(at)s
 GROUP BY job.id HAVING min(event.at) < %(at)s - interval '1 day' ORDER BY job.id
"""


def problems(at: datetime) -> Iterator[Problem]:
    """Yield the jobs that, at that moment, were due or running for a day; failed is an end, and the log says why."""
    with connection.cursor() as cursor:
        cursor.execute(_UNENDED, {"at": at})
        for job, name, status, since in cursor.fetchall():
            yield Problem("A9", f"job {job} ({name})", f"it is {status} since {since:%Y-%m-%d %H:%M} UTC")
