"""The timed jobs as tasks of the queue in PostgreSQL: each minute has its task once, however many workers there are."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from sorgente.interfaces.workers.jobs import JOBS, Job

_log = logging.getLogger(__name__)


def _task_of(job: Job) -> Callable[[int], None]:
    def run(timestamp: int) -> None:
        """Run the job; `timestamp` is the moment it was due, the work looks at the clock of now."""
        close_old_connections()
        try:
            _log.info("%s: %s", job.name, job.run(timezone.now()))
        finally:
            close_old_connections()

    return run


for _job in JOBS:
    # Two rounds of one job never overlap; while one waits for the last to end, no third is queued.
    _task = app.task(name=_job.name, queue="timed", lock=_job.name, queueing_lock=_job.name)(_task_of(_job))
    app.periodic(cron=_job.cron)(_task)
