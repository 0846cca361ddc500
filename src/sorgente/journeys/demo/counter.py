"""The counter of the demonstration's latest weeks: supplies begin, change hands and end, as requests really go.

Each story is one request, told step by step; between two steps it yields how many days before the end the next one
comes. A story that does not fit into the months lived is left out whole.

days before the end   60      50      40      30      20      10      0
leaves, comes after    ├ disdetta ──┤ subentro
done                     voltura, activations, death, household
left open                                       overdue ├ refused, papers missing, link sent, on the tablet ┤

The last stands on the day of the end itself, for whoever looks at the demonstration that day: a link lives a week, what
waits for a tablet a day.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sorgente.billing.usecases.deposits import require_deposit
from sorgente.customers.core.values import LoadedCustomer
from sorgente.customers.queries.overview import account_by_number
from sorgente.customers.queries.requests import RequestView
from sorgente.journeys.contracts.money import overdue_cents
from sorgente.journeys.contracts.sign import cancel
from sorgente.journeys.contracts.steps import record_delivery, record_terms, refuse
from sorgente.journeys.demo.clerk import Request, moment
from sorgente.journeys.demo.founding import Founded
from sorgente.journeys.demo.money import Money
from sorgente.journeys.demo.newcomers import newcomers_of
from sorgente.journeys.demo.population import Customer
from sorgente.journeys.demo.water import Meters
from sorgente.shared.calendar import calendar
from sorgente.shared.errors import SorgenteError

# What a year of water is thought to cost a household that leaves: its deposit is a quarter of it.
_YEARLY_CENTS = 32_000
_NEWCOMERS = 12

# The further steps of a request, each announced by how many days before the end it comes.
Story = Iterator[int]


@dataclass(slots=True)
class _Going:
    """A request to come (`begin`), or under way (`story`)."""

    due_on: date
    begin: Callable[[date], Story | None]
    story: Story | None = None


class _NobodyFits(Exception):
    """A small utility has run out of customers for the stories of the counter: the others are told without it."""


class Counter:
    """Requests under way; `resting` are positions whose meter stands shut, `changed` those whose holder is another."""

    def __init__(
        self, founded: Founded, meters: Meters, money: Money, *, seed: int, starts_on: date, ends_on: date
    ) -> None:
        self._founded, self._meters, self._money = founded, meters, money
        self._rnd = random.Random(f"counter-{seed}")
        self._starts_on, self._ends_on = starts_on, ends_on
        known = {one.tax_code for one in founded.customers}
        self._new = iter(newcomers_of(_NEWCOMERS, seed, known=known, starts_on=starts_on))
        self._left = self._households()
        self.resting: set[int] = set()
        self.changed: set[int] = set()
        self.refusals: list[str] = []
        self.executed = 0
        self._leaving = self._next() if self._left else None
        self._today = starts_on
        stories: tuple[tuple[int, Callable[[date], Story | None]], ...] = (
            (58, self._leaves_and_somebody_comes), (52, self._activation_with_ink), (46, self._voltura_on_tablet),
            (40, self._after_a_death), (34, self._activation_on_tablet), (26, self._household_told_late),
            (24, self._voltura_overdue), (17, self._given_up), (13, self._voltura_refused),
            (6, self._papers_missing), (5, self._leaves_next_month), (3, self._household_to_do), (2, self._link_sent),
            (0, self._on_the_tablet_now),
        )  # fmt: skip
        self._going = [_Going(starts_on, self._deposit)]
        self._going += [_Going(self._day(days), story) for days, story in stories if self._day(days) > starts_on]

    def has_work(self, day: date) -> bool:
        return any(going.due_on <= day for going in self._going)

    def live(self, day: date) -> None:
        """Take every step that is due; one that cannot be taken ends its story and is told."""
        for going in [one for one in self._going if one.due_on <= day]:
            try:
                self._today = day
                if going.story is None:
                    going.story = going.begin(day) or iter(())
                going.due_on = self._day(next(going.story))
            except (StopIteration, _NobodyFits):
                self._going.remove(going)
            except SorgenteError as problem:
                self._going.remove(going)
                self.refusals.append(str(problem))

    def _day(self, days_before_end: int) -> date:
        """Return the day so many before the end, or the working day before it when the counter is closed.

        On the day of the end itself the counter is never closed.
        """
        day = self._ends_on - timedelta(days=days_before_end)
        while days_before_end and not calendar().is_working_day(day):
            day -= timedelta(days=1)
        return day

    # ------------------------------------------------------------------ who

    def _households(self) -> list[int]:
        """Return, the next one last, households that pay in time on notice, read by hand."""
        places = [
            place
            for place, one in enumerate(self._founded.customers)
            if one.residents and one.email and one.payment_method == "pagopa" and not one.radio
            and not one.seldom_pays and one.first_index_m3 < 90_000
        ]  # fmt: skip
        self._rnd.shuffle(places)
        return places[::-1]

    def _next(self) -> tuple[int, Customer, LoadedCustomer]:
        if not self._left:
            raise _NobodyFits
        place = self._left.pop()
        self.changed.add(place)
        return place, self._founded.customers[place], self._founded.loaded[place]

    def _shows(self, place: int, day: date) -> int:
        return int(self._meters.shown_milli([place], day)[0])

    def _done(self, request: Request, newcomer: Customer | None = None) -> RequestView:
        """Carry a request out; its bills and its new account are expected to be paid like the others."""
        done = request.executed()
        self.executed += 1
        if newcomer is not None:
            self._money.meet(account_by_number(done.account_number), newcomer)
        self._money.expect_bills(done.bills, issued_on=request.day)
        return done

    def _new_holder(self, kind: str, day: date, one: Customer, *, code: str = "", relation: str = "") -> Request:
        """Open a request of a new holder with all that is asked before signing, except a reading."""
        request = Request.opened(kind, day=day).applicant(one, relation=relation)
        request.point(code, at=None if code else one, desired_on=day).title()
        return request.identity(one).terms(one).delivery(one)

    # ------------------------------------------------------------------ supplies that begin and end

    def _deposit(self, day: date) -> None:
        """Whoever will leave has a deposit with us, paid with the first bills."""
        if self._leaving is None:
            return
        _, _, there = self._leaving
        require_deposit(contract_number=there.contract_number, yearly_cents=_YEARLY_CENTS, on=day, at=moment(day, 7))

    def _leaves_and_somebody_comes(self, day: date) -> Story:
        if self._leaving is None:
            return
        place, one, there = self._leaving
        request = Request.opened("termination", day=day, contract_number=there.contract_number)
        record_delivery(**request.by(8, 57), channel="email", email=one.email, desired_on=day + timedelta(days=5))
        yield 51
        left_on = self._today
        request.on(left_on).reads(self._shows(place, left_on))
        self._done(request)
        self.resting.add(place)
        yield 38
        newcomer = next(self._new)
        comes = self._new_holder("subentro", self._today, newcomer, code=one.point_code)
        comes.signed_by_code(wants=("consent_paperless",))
        yield 35
        self._meters.rest(place, left_on, self._today)
        comes.on(self._today).reads(self._shows(place, self._today))
        self._done(comes, newcomer)
        self.resting.discard(place)

    def _activation_with_ink(self, day: date) -> Story:
        newcomer = next(self._new)
        request = self._new_holder("activation", day, newcomer).signed_on_paper(newcomer)
        yield 49
        self._done(request.on(self._today).reads(0, serial=newcomer.serial), newcomer)

    def _activation_on_tablet(self, day: date) -> Story:
        newcomer = next(self._new)
        request = self._new_holder("activation", day, newcomer)
        request.signed_on_tablet(newcomer, wants=("consent_paperless", "consent_surveys"))
        yield 31
        self._done(request.on(self._today).reads(0, serial=newcomer.serial), newcomer)

    # ------------------------------------------------------------------ supplies that change hands

    def _voltura_on_tablet(self, day: date) -> None:
        place, one, _ = self._next()
        newcomer = next(self._new)
        request = self._new_holder("takeover", day, newcomer, code=one.point_code).reads(self._shows(place, day))
        self._done(request.signed_on_tablet(newcomer, wants=("consent_paperless",)), newcomer)

    def _after_a_death(self, day: date) -> Story:
        place, one, _ = self._next()
        heir = next(self._new)
        request = self._new_holder("takeover_by_death", day, heir, code=one.point_code, relation="heir")
        request.paper("death", "Certificato di morte", [f"{one.first_name} {one.surname}"], number="MORTE 118/2026")
        request.paper(
            "heir", "Dichiarazione di erede", [f"{heir.first_name} {heir.surname}, erede di {one.surname}"],
            number="DSAN 9/2026", signed_by=f"{heir.first_name} {heir.surname}",
        )  # fmt: skip
        request.reads(self._shows(place, day)).signed_on_tablet(heir)
        yield 39
        self._done(request.on(self._today), heir)

    def _voltura_overdue(self, day: date) -> None:
        """All is there and signed, and nobody carried it out: the indemnity grows day by day."""
        place, one, _ = self._next()
        newcomer = next(self._new)
        request = self._new_holder("takeover", day, newcomer, code=one.point_code).reads(self._shows(place, day))
        request.signed_on_paper(newcomer)

    def _voltura_refused(self, day: date) -> Story:
        """Whoever asks lived there before, with arrears on the point, and will not pay them."""
        owing = next(
            (
                place
                for place, there in enumerate(self._founded.loaded)
                if place not in self.changed
                and self._founded.customers[place].residents
                and self._founded.customers[place].first_index_m3 < 90_000
                and overdue_cents([there.account_id], as_of=day) > 0
            ),
            None,
        )
        if owing is None:
            return
        self.changed.add(owing)
        one, newcomer = self._founded.customers[owing], next(self._new)
        request = Request.opened("takeover", day=day).applicant(newcomer).point(one.point_code, desired_on=day)
        request.title("lease", occupied_before=True).paper("title", "Contratto di locazione", ["n. 44 serie 3T"])
        request.identity(newcomer).terms(newcomer).delivery(newcomer).reads(self._shows(owing, day))
        request.signed_on_paper(newcomer)
        yield 9
        request.on(self._today)
        refuse(**request.by(10), reason="Arretrati sul punto di chi già vi abitava, non pagati entro i termini dati")

    # ------------------------------------------------------------------ households

    def _household_told_late(self, day: date) -> None:
        _, one, there = self._next()
        from_on = max(day - timedelta(days=110), one.supplied_since + timedelta(days=1))
        request = Request.opened("household", day=day, contract_number=there.contract_number)
        record_terms(**request.by(8, 55), residents=(one.residents or 1) + 1, from_on=from_on)
        request.paper("household", "Dichiarazione sul nucleo", [f"Comune di {one.municipality}", one.name])
        self._done(request)

    def _household_to_do(self, day: date) -> None:
        _, one, there = self._next()
        request = Request.opened("household", day=day, channel="web", contract_number=there.contract_number)
        record_terms(**request.by(8, 55), residents=(one.residents or 1) + 1, from_on=day.replace(day=1))

    # ------------------------------------------------------------------ left open for whoever looks

    def _given_up(self, day: date) -> Story:
        newcomer = next(self._new)
        request = self._new_holder("activation", day, newcomer)
        yield 14
        request.on(self._today)
        cancel(**request.by(10), reason="Il cliente rinuncia: la casa non si affitta più")

    def _link_sent(self, day: date) -> None:
        place, one, _ = self._next()
        newcomer = next(self._new)
        request = self._new_holder("takeover", day, newcomer, code=one.point_code).reads(self._shows(place, day))
        request.prepared("otp").opened_to_sign("otp")

    def _papers_missing(self, day: date) -> None:
        newcomer = next(self._new)
        request = Request.opened("activation", day=day).applicant(newcomer).point(at=newcomer, desired_on=day)
        request.terms(newcomer)

    def _leaves_next_month(self, day: date) -> None:
        _, one, there = self._next()
        request = Request.opened("termination", day=day, channel="phone", contract_number=there.contract_number)
        record_delivery(**request.by(8, 57), channel="email", email=one.email, desired_on=day + timedelta(days=20))

    def _on_the_tablet_now(self, day: date) -> None:
        place, one, _ = self._next()
        newcomer = next(self._new)
        request = self._new_holder("takeover", day, newcomer, code=one.point_code).reads(self._shows(place, day))
        request.prepared("tablet").opened_to_sign("tablet")
