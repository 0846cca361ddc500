"""What customers are told by themselves: each new reading, each bill, what falls due, water that runs too much.

Each round looks at a stretch of time and may look at it again: a notice is named after its read or bill, so it is
queued once. Only who has a telephone or browser listening is looked at, except for water that runs too much. Who looks
after somebody else's account is told on their own devices too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.access.queries.delegates import leaves
from sorgente.customers.queries.reached import Reached, Supplied, reached, supplies_of_parties, supplies_of_points
from sorgente.messages.queries.notification_choices import parties_with_push, users_with_push
from sorgente.messages.usecases.notify import notify
from sorgente.metering.queries.new_reads import NewRead, high_reads, new_reads
from sorgente.tariffs.rules import rules


@dataclass(frozen=True, slots=True)
class Told:
    """What one round did: messages queued, known from a round before, and refused with their reasons."""

    queued: int = 0
    known: int = 0
    refused: tuple[str, ...] = ()

    def __add__(self, other: Told) -> Told:
        return Told(self.queued + other.queued, self.known + other.known, self.refused + other.refused)


@dataclass(frozen=True, slots=True)
class _Listening:
    """Who has a telephone or browser listening.

    parties    holders with one of their own
    delegates  account -> users who look after it and have one
    holders    the parties, and the holders of those accounts
    """

    parties: frozenset[int]
    delegates: dict[str, tuple[int, ...]]
    holders: list[int]


def _listening(on: date) -> _Listening:
    parties = frozenset(parties_with_push())
    delegates: dict[str, tuple[int, ...]] = {}
    holders = set(parties)
    for leave in leaves(on=on, user_ids=users_with_push()):
        delegates[leave.account_number] = (*delegates.get(leave.account_number, ()), leave.user_id)
        holders.add(leave.holder_id)
    return _Listening(parties, delegates, sorted(holders))


def tell_readings(*, since: datetime, at: datetime) -> Told:
    """Tell of every radio or reader's reading received in [since, at)."""
    listening = _listening(at.date())
    supplies = {one.service_point_id: one for one in supplies_of_parties(listening.holders, on=at.date())}
    found = new_reads(list(supplies), since=since, until=at)
    people = reached(list({supplies[read.service_point_id].party_id for read in found}))
    return _all(
        _tell(
            supplies[read.service_point_id],
            people,
            topic="reading",
            key=f"read:{read.id}",
            words=_reading_words(read),
            path="consumi",
            at=at,
            listening=listening,
        )
        for read in found
    )


def tell_leaks(*, since: datetime, at: datetime) -> Told:
    """Tell of readings received in [since, at) that show far more water than usual (MIS-13)."""
    found = high_reads(since=since, until=at)
    listening = _listening(at.date())
    supplies = {
        one.service_point_id: one for one in supplies_of_points([read.service_point_id for read in found], on=at.date())
    }
    people = reached([one.party_id for one in supplies.values()])
    return _all(
        _tell(
            supplies[read.service_point_id],
            people,
            topic="leak",
            key=f"leak:{read.id}",
            words=_leak_words(read),
            path="consumi",
            at=at,
            listening=listening,
            everybody=True,
        )
        for read in found
        if read.service_point_id in supplies
    )


def tell_bills(*, issued_from: date, at: datetime) -> Told:
    """Tell of every bill issued from a day on."""
    return _bills(topic="bill", start=issued_from, end=at.date() + timedelta(days=1), by_due_day=False, at=at)


def tell_due(*, at: datetime) -> Told:
    """Tell of the bills still open that fall due in so many days (rules/messages/topics.yaml)."""
    day = at.date() + timedelta(days=rules().value("messages.topics", on=at.date())["due_days_before"])
    return _bills(topic="due", start=day, end=day + timedelta(days=1), by_due_day=True, at=at)


def _bills(*, topic: str, start: date, end: date, by_due_day: bool, at: datetime) -> Told:
    listening = _listening(at.date())
    bills = [
        bill
        for bill in list_bills(as_of=at.date(), start=start, end=end, by_due_day=by_due_day).filter(
            contract_account__holder_id__in=listening.holders
        )
        if topic == "bill" or bill["open_cents"] > 0
    ]
    people = reached(list({bill["holder_id"] for bill in bills}))
    return _all(
        _tell(
            Supplied(bill["holder_id"], bill["account"], "", 0, ""),
            people,
            topic=topic,
            key=f"bill:{bill['number']}:{topic}",
            words=(topic, bill["to_pay_cents"] if topic == "bill" else bill["open_cents"], bill["due_on"]),
            path="bollette",
            at=at,
            listening=listening,
        )
        for bill in bills
    )


def _all(rounds: Iterable[Told]) -> Told:
    return sum(rounds, Told())


def _tell(
    supply: Supplied,
    people: dict[int, Reached],
    *,
    topic: str,
    key: str,
    words: tuple[str, int, date],
    path: str,
    at: datetime,
    listening: _Listening,
    everybody: bool = False,
) -> Told:
    person = people[supply.party_id]
    # A holder who listens nowhere is not written to because somebody else's telephone does.
    is_told = everybody or supply.party_id in listening.parties
    with translation.override(person.language):
        title, body = _said(*words)
    result = notify(
        party_id=supply.party_id,
        topic=topic,
        title=title,
        body=body,
        link=f"/area/conti/{supply.account_number}/{path}/",
        key=key,
        about=key.removesuffix(f":{topic}"),
        at=at,
        email=person.email if is_told else "",
        mobile=person.mobile if is_told else "",
        account_number=supply.account_number,
        delegates=listening.delegates.get(supply.account_number, ()),
        on_behalf_of=person.name,
    )
    return Told(result.queued, result.known, tuple(f"{new.key}: {error}" for new, error in result.refused))


def _reading_words(read: NewRead) -> tuple[str, int, date]:
    if read.used_milli is None or read.before_on is None:
        return "first", read.index_milli, read.read_on
    return "reading", round(read.used_milli / max((read.read_on - read.before_on).days, 1)), read.read_on


def _leak_words(read: NewRead) -> tuple[str, int, date]:
    days = max((read.read_on - read.before_on).days, 1) if read.before_on else 1
    return "leak", round((read.used_milli or 0) / days), read.read_on


def _said(what: str, amount: int, on: date) -> tuple[str, str]:
    """Return the title and text of a notice in the language in force; amount in litres (a day), or in cents."""
    day = date_format(on, "j F")
    if translation.get_language() == "it":
        day = day.lower()  # Italian writes months small, which the catalogue of Django forgets
    if what == "reading":
        return _("Nuova lettura del contatore"), _(
            "Il %(day)s abbiamo letto il contatore: in media %(litres)s litri al giorno."
        ) % {"day": day, "litres": amount}
    if what == "first":
        return _("Nuova lettura del contatore"), _("Il %(day)s il contatore segnava %(units)s m³.") % {
            "day": day,
            "units": number_format(amount // 1000),
        }
    if what == "leak":
        return _("Consumo molto più alto del solito"), _(
            "Dalla lettura del %(day)s risultano %(litres)s litri al giorno. Controlla rubinetti e scarichi: potrebbe"
            " esserci una perdita."
        ) % {"day": day, "litres": amount}
    euro = number_format(Decimal(amount) / 100, decimal_pos=2)
    if what == "bill":
        return _("È arrivata la bolletta"), _("%(euro)s € entro il %(day)s.") % {"euro": euro, "day": day}
    return _("Una bolletta sta per scadere"), _("%(euro)s € da pagare entro il %(day)s.") % {"euro": euro, "day": day}
