"""The months of the demonstration, day by day: measure, bill, collect, and what changes in people's lives."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from sorgente.customers.usecases.because import because
from sorgente.customers.usecases.change_terms import change_terms
from sorgente.journeys.bill_cycle import Cycle, issue_and_ask
from sorgente.journeys.demo.counter import Counter
from sorgente.journeys.demo.founding import Founded
from sorgente.journeys.demo.mailbox import mailbox_of
from sorgente.journeys.demo.money import Money
from sorgente.journeys.demo.people import People
from sorgente.journeys.demo.rounds import PROFILE, by_hand, by_radio, reader_file, telegram_lines
from sorgente.journeys.demo.sender import Sender
from sorgente.journeys.demo.staff import Staff
from sorgente.journeys.demo.standards import EVERY_DAY_FROM, QUALITY_DAY, Standards
from sorgente.journeys.demo.water import Meters
from sorgente.metering.usecases.annual_consumption import compute_annual_consumption
from sorgente.metering.usecases.import_reader_file import import_reader_file
from sorgente.metering.usecases.import_telegrams import import_telegrams

RADIO_DAY = 28
ROUND_DAYS = (11, 12, 13, 14)
BILL_DAYS = (6, 20)
ANNUAL_DAY = (7, 25)  # Ca is due by 31 July
HOUSEHOLD_CHANGES = 0.004  # a month
READ_CHECK_DAY = 17
# What came up in the latest weeks is left for whoever opens the demonstration.
LEFT_OPEN_DAYS = 45
# Of the latest rounds, so many houses have a leak that nobody saw, which took the water of so many years.
LEAKS, LEAK_YEARS = 2, 2

# what is being done, done so far, of
Tell = Callable[[str, int, int], None]


@dataclass(slots=True)
class Counts:
    """What happened, for the summary."""

    telegrams: int = 0
    reads: int = 0
    held: int = 0
    lines_rejected: int = 0
    bills: int = 0
    parked: int = 0
    household_changes: int = 0
    requests_executed: int = 0
    refusals: list[str] = field(default_factory=list)


class Year:
    """One simulated life of the utility, from a day to a day."""

    def __init__(self, founded: Founded, meters: Meters, *, seed: int, processes: Executor | None, tell: Tell) -> None:
        self._founded = founded
        self._meters = meters
        self._rnd = random.Random(f"year-{seed}")
        self._sender = Sender(processes)
        self.standards = Standards()
        self.before_mail: Callable[[], object] = lambda: None  # waited for before the first mail is sorted
        self._tell = tell
        accounts = {there.account_id: one for one, there in zip(founded.customers, founded.loaded, strict=True)}
        self._staff = Staff(founded, meters)
        self._ends_on = date.max
        self.changed: set[int] = set()  # places of founded customers whose contract changed hands
        self._money = Money(accounts, seed=seed)
        self._seed = seed
        self._residents = [one.residents for one in founded.customers]
        self.counts = Counts()

    def live(self, starts_on: date, ends_on: date) -> Counts:
        """Live every day from `starts_on` up to, and not including, `ends_on`; of that one only its first customer."""
        self._ends_on = ends_on
        self._counter = Counter(
            self._founded, self._meters, self._money, seed=self._seed, starts_on=starts_on, ends_on=ends_on
        )
        self.changed = self._counter.changed
        people = People(self._founded, without=self.changed, seed=self._seed)
        self.mailbox = mailbox_of(people, self._meters, seed=self._seed, ends_on=ends_on)
        self._annual(starts_on, starts_on.year)
        self._annual(starts_on, starts_on.year + 1)
        days = (ends_on - starts_on).days
        for number, day in enumerate(_days(starts_on, ends_on), 1):
            self._tell("days", number, days)
            self._one_day(day)
        self._sender.wait()
        self._counter.live(ends_on)
        self.counts.refusals += self._money.refusals + self._counter.refusals + self._sender.refusals
        self.counts.requests_executed = self._counter.executed
        return self.counts

    def _one_day(self, day: date) -> None:
        if (day.month, day.day) == ANNUAL_DAY:
            self._annual(day, day.year + 1)
        if day.day == RADIO_DAY:
            self._hear_radio(day)
        if day.day in ROUND_DAYS:
            self._read_by_hand(day)
        if day.day == 3:
            self._change_households(day)
        if day.day == READ_CHECK_DAY and not self._left_open(day):
            self._staff.judge_reads(day)
        if day.day in BILL_DAYS:
            self._bill(day)
        if self._counter.has_work(day):
            self._sender.wait()  # bills are drawn in the order of their numbers
            self._counter.live(day)
        self._money.live(day)
        if self.mailbox.has_work(_at(day, 23)):
            self.before_mail()
            self.mailbox.live(_at(day, 23))
        if day.day == QUALITY_DAY:
            self.standards.month(day)
        elif (self._ends_on - day).days <= EVERY_DAY_FROM:
            self.standards.evening(day)

    def _annual(self, day: date, year: int) -> None:
        with transaction.atomic():
            compute_annual_consumption(year=year, as_of=day)

    def _hear_radio(self, day: date) -> None:
        lines = telegram_lines(self._founded.customers, by_radio(self._founded.customers), self._meters, day)
        heard = import_telegrams(lines=lines, received_at=_at(day, 6))
        self.counts.telegrams += heard.lines
        self.counts.reads += heard.accepted
        self.counts.held += heard.held

    def _read_by_hand(self, day: date) -> None:
        turn = ROUND_DAYS.index(day.day)
        positions = by_hand(self._founded.customers, day.month)[turn :: len(ROUND_DAYS)]
        positions = [place for place in positions if place not in self._counter.resting]
        if not positions:
            return
        leaking = self._leaks(positions, day) if self._left_open(day) and turn == 0 else []
        content = reader_file(self._founded.customers, positions, self._meters, day, self._rnd)
        loaded = import_reader_file(
            content=content,
            file_name=f"giro_{day:%Y%m%d}.csv",
            profile_name=PROFILE,
            received_at=_at(day, 19),
            dry_run=False,
        )
        self.counts.reads += loaded.accepted
        self.counts.held += loaded.held
        self.counts.lines_rejected += loaded.rejected
        self._staff.confirm_reads(leaking, day)

    def _leaks(self, positions: Sequence[int], day: date) -> list[int]:
        """Let much water run at a house or two: true reads, and bills that the gate holds for whoever looks."""
        found = [
            place
            for place in positions
            if self._founded.customers[place].residents and place not in self._counter.changed
        ][:LEAKS]
        for place in found:
            litres = LEAK_YEARS * self._founded.customers[place].yearly_litres
            self._meters.leak(place, day - timedelta(days=30), litres)
        return found

    def _left_open(self, day: date) -> bool:
        return (self._ends_on - day).days <= LEFT_OPEN_DAYS

    def _bill(self, day: date) -> None:
        self._sender.wait()
        cycle = self._issue(day)
        if cycle.parked and not self._left_open(day) and self._staff.judge_parked(cycle.name, day):
            cycle = self._issue(day)
        self.counts.bills += cycle.issued
        self.counts.parked += cycle.parked
        self._money.expect(cycle.run_id, issued_on=day)
        self._sender.send(cycle, at=_at(day, 4))

    def _issue(self, day: date) -> Cycle:
        return issue_and_ask(
            name=f"{day:%Y-%m-%d}",
            bill_on=day,
            read_through=day - timedelta(days=1),
            at=_at(day, 4),
            progress=self._tell,
        )

    def _change_households(self, day: date) -> None:
        """Somebody is born, somebody moves out: from the first of the month the brackets are others."""
        for place, (customer, there) in enumerate(zip(self._founded.customers, self._founded.loaded, strict=True)):
            before = self._residents[place]
            if before is None or self._rnd.random() >= HOUSEHOLD_CHANGES or place in self.changed:
                continue
            residents = max(1, before + self._rnd.choice((-1, 1)))
            since = day.replace(day=1)
            if residents == before or since <= customer.supplied_since:
                continue
            with transaction.atomic(), because(author="demo", reason="dichiarazione di nucleo"):
                change_terms(
                    contract_id=there.contract_id,
                    from_on=since,
                    reason="dichiarazione di nucleo",
                    recorded_at=_at(day, 10),
                    residents=residents,
                )
            self._residents[place] = residents
            self.counts.household_changes += 1


def _days(start: date, end: date) -> Iterator[date]:
    day = start
    while day < end:
        yield day
        day += timedelta(days=1)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)
