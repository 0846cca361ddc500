"""What the demonstration holds when it is done, for the person who started it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sorgente.archive.queries.document_list import documents_by_kind
from sorgente.archive.signing.core.values import EnvelopeState
from sorgente.archive.signing.queries.envelopes import envelopes
from sorgente.billing.queries.bill_months import bills_by_month
from sorgente.billing.queries.run_list import parked_count
from sorgente.customers.core.requests import STATE_WORDS
from sorgente.customers.queries.counts import account_count
from sorgente.customers.queries.requests import requests_list
from sorgente.journeys.demo.diary import Diary
from sorgente.journeys.demo.paper import Paper
from sorgente.journeys.demo.web_area import WebArea
from sorgente.journeys.demo.year import Counts, Year
from sorgente.ledger.queries.books import receivables
from sorgente.metering.queries.read_list import held_count
from sorgente.metering.queries.read_shares import reads_by_month
from sorgente.payments.queries.payment_shares import collected_by_month
from sorgente.tickets.queries.inbox import STATES, inbox


@dataclass(frozen=True, slots=True)
class Summary:
    """What the demonstration holds, for the person who started it.

    requests, tickets   how many are in each state, by its Italian name
    to_try              a contract account, its activation code and the end of the tax code
    """

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
    requests: dict[str, int]
    signed: int
    appointments: int
    mails: int
    tickets: dict[str, int]
    documents: int
    scanned: int
    destroyed: int
    late_performances: int
    portal_users: int
    sign_in: str
    to_try: tuple[str, str, str] | None
    refusals: list[str]


def summary_of(
    starts_on: date, ends_on: date, counts: Counts, year: Year, area: WebArea, diary: Diary, paper: Paper
) -> Summary:
    """Count what there is at the end."""
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
        requests=_named(STATE_WORDS, lambda state: requests_list(state=state).count),
        signed=sum(one.state is EnvelopeState.COMPLETED for one in envelopes(most=1_000)),
        appointments=diary.appointments,
        mails=year.mailbox.mails,
        tickets=_named(dict(STATES), lambda state: inbox(state=state).count()),
        documents=sum(documents_by_kind().values()),
        scanned=paper.scanned,
        destroyed=paper.destroyed,
        late_performances=year.standards.late,
        portal_users=area.active + area.delegates,
        sign_in=area.sign_in,
        to_try=area.to_try,
        refusals=counts.refusals,
    )


def _named(labels: Mapping[str, str], count: Callable[[str], int]) -> dict[str, int]:
    """Return how many there are of each state, without those there are none of."""
    counted = {label.lower(): count(state) for state, label in labels.items()}
    return {label: number for label, number in counted.items() if number}
