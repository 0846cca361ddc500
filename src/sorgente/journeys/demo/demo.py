"""`make_demo`: an invented utility, from nothing to today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

from sorgente.archive.signing.adapters.demo_trust import ensure_demo_trust
from sorgente.billing.adapters.bill_pdf import drawing_pool
from sorgente.customers.queries.counts import account_count
from sorgente.journeys.demo.diary import keep_diary
from sorgente.journeys.demo.founding import LOOK_BACK_DAYS, found_utility
from sorgente.journeys.demo.learn import learn_to_sort
from sorgente.journeys.demo.paper import scan_paper
from sorgente.journeys.demo.people import People
from sorgente.journeys.demo.population import TAKE_OVER_DAYS, people_of
from sorgente.journeys.demo.summary import Summary, summary_of
from sorgente.journeys.demo.water import Meters
from sorgente.journeys.demo.web_area import open_web_area
from sorgente.journeys.demo.year import Year
from sorgente.ledger.usecases.load_chart import load_chart
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.appointments.core.diary import ROME

__all__ = ["DemoAlreadyThere", "Summary", "make_demo"]

# what is being done, done so far, of
Tell = Callable[[str, int, int], None]


class DemoAlreadyThere(SorgenteError):
    code = "journeys.demo.already-there"


def month_start(day: date, months_before: int) -> date:
    """Return the first day of the month so many months before a day's own."""
    months = day.year * 12 + day.month - 1 - months_before
    return date(months // 12, months % 12 + 1, 1)


def make_demo(
    *, customers: int, months: int, seed: int, as_of: date, workers: int, tell: Tell, now: datetime | None = None
) -> Summary:
    """Make a utility of so many customers and live its latest months, up to and not including `as_of`.

    now     the moment of `as_of` that queue and calls are shown at; half past ten when not given
    raises  DemoAlreadyThere when the database holds customers
    """
    if account_count():
        raise DemoAlreadyThere(
            "The database",
            f"It already holds {account_count()} contract accounts.",
            "Look at it with `sorgente serve`, or empty it first: stop the server and remove the folder var/.",
        )
    starts_on = month_start(as_of, months)
    with drawing_pool(workers) as processes:
        learning = processes.submit(learn_to_sort, settings.TICKETS_ENCODER)  # beside all that follows
        invented = []
        for person in people_of(customers, seed, starts_on=starts_on):
            invented.append(person)
            tell("people", len(invented), customers)
        first_day = starts_on - timedelta(days=max(LOOK_BACK_DAYS, TAKE_OVER_DAYS + 310))
        meters = Meters(invented, starts_on=first_day, ends_on=as_of, seed=seed)
        tell("found", 0, customers)
        ensure_demo_trust()
        load_chart()
        founded = found_utility(invented, meters, at=datetime.combine(starts_on, time(6), tzinfo=UTC))
        tell("found", customers, customers)
        year = Year(founded, meters, seed=seed, processes=processes if workers > 1 else None, tell=tell)
        year.before_mail = learning.result
        counts = year.live(starts_on, as_of)
    moment = now or datetime.combine(as_of, time(10, 30), tzinfo=ROME)
    tell("channels", 0, 4)
    people = People(founded, without=year.changed, seed=seed)
    area = open_web_area(people, meters, ends_on=as_of)
    tell("channels", 1, 4)
    # The same customers again: whoever writes also has appointments and uses the area.
    diary = keep_diary(People(founded, without=year.changed, seed=seed), seed=seed, now=moment)
    tell("channels", 2, 4)
    paper = scan_paper(people, seed=seed, ends_on=as_of)
    tell("channels", 3, 4)
    year.mailbox.live(moment)
    year.standards.end(as_of, at=moment)
    deliver_messages(as_of=moment)
    tell("channels", 4, 4)
    counts.refusals += year.mailbox.refusals + year.standards.refusals
    return summary_of(starts_on, as_of, counts, year, area, diary, paper)
