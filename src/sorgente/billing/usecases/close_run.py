"""The end of a run: what its own steps and the collection of its bills have come to."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.billing.models import BillingRun


@transaction.atomic
def close_run(run_id: int, *, collected: int, at: datetime) -> BillingRun:
    """Record how many bills are asked for, and end the run when every bill has been printed, sent and delivered.

    A run with a bill that waits stays open: the cycle run again goes on, and closes it then. One that is released
    and issues more bills opens again by itself.
    """
    run = BillingRun.objects.select_for_update().get(pk=run_id)
    run.collected = collected
    whole = run.rendered == run.transmitted == run.delivered == run.issued
    if whole:
        run.step = BillingRun.Step.DONE
        run.ended_at = run.ended_at or at
    else:
        run.ended_at = None
    run.save(update_fields=["collected", "step", "ended_at"])
    return run
