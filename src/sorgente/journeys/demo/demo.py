"""`make_demo`: an invented utility, from nothing to today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sorgente.billing.adapters.bill_pdf import drawing_pool
from sorgente.billing.queries.bill_months import bills_by_month
from sorgente.billing.queries.run_list import parked_count
from sorgente.customers.queries.counts import account_count
from sorgente.journeys.demo.founding import LOOK_BACK_DAYS, found_utility
from sorgente.journeys.demo.population import TAKE_OVER_DAYS, people_of
from sorgente.journeys.demo.water import Meters
from sorgente.journeys.demo.year import Counts, Year
from sorgente.ledger.queries.books import receivables
from sorgente.ledger.usecases.load_chart import load_chart
from sorgente.metering.queries.read_list import held_count
from sorgente.metering.queries.read_shares import reads_by_month
from sorgente.payments.queries.payment_shares import collected_by_month
from sorgente.shared.errors import SorgenteError

# what is being done, done so far, of
Tell = Callable[[str, int, int], None]


class DemoAlreadyThere(SorgenteError):
    code = "journeys.demo.already-there"


@dataclass(frozen=True, slots=True)
class Summary:
    """What the demonstration holds, for the person who started it."""

    starts_on: date
    ends_on: date
    accounts: int
    reads: int
    bills: int
    billed_cents: int
    collected_cents: int
    overdue_cents: int
    parked: int
    held: int
    refusals: list[str]


def month_start(day: date, months_before: int) -> date:
    """Return the first day of the month so many months before a day's own."""
    months = day.year * 12 + day.month - 1 - months_before
    return date(months // 12, months % 12 + 1, 1)


def make_demo(*, customers: int, months: int, seed: int, as_of: date, workers: int, tell: Tell) -> Summary:
    """Make a utility of so many customers and live its latest months, up to and not including `as_of`.

    raises  DemoAlreadyThere when the database holds customers
    """
    if account_count():
        raise DemoAlreadyThere(
            "The database",
            f"It already holds {account_count()} contract accounts.",
            "Look at it with `sorgente serve`, or empty it first: stop the server and remove the folder var/.",
        )
    starts_on = month_start(as_of, months)
    people = []
    for person in people_of(customers, seed, starts_on=starts_on):
        people.append(person)
        tell("people", len(people), customers)
    first_day = starts_on - timedelta(days=max(LOOK_BACK_DAYS, TAKE_OVER_DAYS + 310))
    meters = Meters(people, starts_on=first_day, ends_on=as_of, seed=seed)
    tell("found", 0, customers)
    load_chart()
    founded = found_utility(people, meters, at=datetime.combine(starts_on, time(6), tzinfo=UTC))
    tell("found", customers, customers)
    with drawing_pool(workers) as processes:
        counts = Year(founded, meters, seed=seed, processes=processes, tell=tell).live(starts_on, as_of)
    return _summary(starts_on, as_of, counts)


def _summary(starts_on: date, ends_on: date, counts: Counts) -> Summary:
    books = receivables(as_of=ends_on)
    bills = bills_by_month(start=starts_on, end=ends_on)
    return Summary(
        starts_on=starts_on,
        ends_on=ends_on,
        accounts=account_count(),
        reads=sum(
            month.radio + month.reader + month.self_read for month in reads_by_month(start=starts_on, end=ends_on)
        ),
        bills=counts.bills,
        billed_cents=sum(month.billed_cents for month in bills),
        collected_cents=sum(collected_by_month(start=starts_on, end=ends_on).values()),
        overdue_cents=books.overdue_cents,
        parked=parked_count(),
        held=held_count(),
        refusals=counts.refusals,
    )
