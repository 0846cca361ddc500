"""The timed work of the utility: one line a job, with when it runs and what it calls.

A job looks at the clock, makes one call down, and may run twice or late without harm: what it does is named after what
it is about. `LOOKS_BACK` says how far a round looks when the one before it did not run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from sorgente.archive.signing.usecases.end_envelope import expire_envelopes
from sorgente.archive.usecases.disposals import remove_leftovers
from sorgente.archive.usecases.sweep import sweep_integrity
from sorgente.billing.usecases.deposits import review_deposits
from sorgente.customers.access.usecases.email_code import clear_old_codes
from sorgente.customers.access.usecases.limits import clear_old_attempts
from sorgente.journeys import notices
from sorgente.journeys.contracts.follow_up import follow_up_bills
from sorgente.journeys.contracts.pick_up import pick_up_signatures
from sorgente.journeys.tickets import handle_incoming
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.metering.usecases.annual_consumption import compute_annual_consumption
from sorgente.payments.usecases.refunds import prepare_refunds
from sorgente.quality.usecases.evaluate_clocks import evaluate_clocks
from sorgente.quality.usecases.record_bill_standards import record_bill_standards
from sorgente.quality.usecases.settle_indemnities import settle_indemnities
from sorgente.tickets.adapters.imap import address_of
from sorgente.tickets.appointments.usecases.receive import mark_missed
from sorgente.tickets.appointments.usecases.remind import remind
from sorgente.tickets.appointments.usecases.set_up import open_slots
from sorgente.tickets.usecases.fetch_mailbox import fetch_mailbox

LOOKS_BACK = timedelta(days=3)
BILLS_LOOK_BACK = timedelta(days=60)
REQUESTS_LOOK_BACK = timedelta(days=60)  # a closing bill may wait for the next cycle, or for the gate
ANNUAL_DAY = (7, 25)  # month and day: Ca of the next year is due by 31 July (TIMSII 218/2016 Annex A, art. 10)
DIARY_AHEAD = timedelta(days=60)
REMIND_HOURS = 24
SWEEP_BUDGET = 20_000


@dataclass(frozen=True, slots=True)
class Job:
    """cron is minute, hour, day, month, weekday in UTC; `run` takes the moment and returns what it did."""

    name: str
    cron: str
    run: Callable[[datetime], Any]


def _quality(now: datetime) -> Any:
    today = timezone.localtime(now).date()
    return (
        record_bill_standards(start=today - BILLS_LOOK_BACK, end=today + timedelta(days=1)),
        evaluate_clocks(as_of=today, at=now),
        settle_indemnities(as_of=today, at=now),
    )


def _annual(now: datetime) -> Any:
    """Compute Ca where it is missing: of this year, and from its day of the next one too."""
    today = timezone.localtime(now).date()
    years = [today.year, today.year + 1] if (today.month, today.day) >= ANNUAL_DAY else [today.year]
    return [compute_annual_consumption(year=year, as_of=today, only_missing=True) for year in years]


def _fetch_mail(now: datetime) -> Any:
    if not settings.IMAP_URL:
        return "no mailbox is set up"
    return fetch_mailbox(address=address_of(settings.IMAP_URL), at=now, receive=handle_incoming)


def _forget(now: datetime) -> Any:
    return clear_old_codes(as_of=now), clear_old_attempts(as_of=now)


JOBS: tuple[Job, ...] = (
    Job("send messages", "* * * * *", lambda now: deliver_messages(as_of=now)),
    Job("fetch mail", "*/2 * * * *", _fetch_mail),
    Job("tell readings", "*/5 * * * *", lambda now: notices.tell_readings(since=now - LOOKS_BACK, at=now)),
    Job("tell leaks", "7 * * * *", lambda now: notices.tell_leaks(since=now - LOOKS_BACK, at=now)),
    Job("tell bills", "17 * * * *", lambda now: notices.tell_bills(issued_from=(now - LOOKS_BACK).date(), at=now)),
    Job("tell due", "0 9 * * *", lambda now: notices.tell_due(at=now)),
    Job("remind appointments", "*/15 * * * *", lambda now: remind(as_of=now, hours=REMIND_HOURS)),
    Job("end appointments", "30 0 * * *", lambda now: mark_missed(before=now)),
    Job("open the diary", "40 0 * * *", lambda now: open_slots(start=now.date(), end=(now + DIARY_AHEAD).date())),
    Job("end envelopes", "*/15 * * * *", lambda now: expire_envelopes(at=now)),
    Job("pick up signatures", "*/5 * * * *", lambda now: pick_up_signatures(at=now)),
    Job("forget codes and attempts", "5 4 * * *", _forget),
    Job("bills of requests", "50 0 * * *", lambda now: follow_up_bills(since=now - REQUESTS_LOOK_BACK, at=now)),
    Job("annual consumption", "0 1 * * *", _annual),
    Job("deposits", "10 1 * * *", lambda now: review_deposits(on=now.date(), at=now)),
    Job("refunds", "20 1 * * *", lambda now: prepare_refunds(as_of=now.date(), at=now)),
    Job("quality", "0 2 * * *", _quality),
    Job("sweep the archive", "0 3 * * *", lambda now: sweep_integrity(as_of=now, budget=SWEEP_BUDGET)),
    Job("remove leftovers", "50 3 * * *", lambda now: remove_leftovers()),
)
