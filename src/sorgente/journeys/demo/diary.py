"""The diary of the demonstration: hours, appointments kept and missed, today's queue and calls.

       20 days back                       today                               60 days on
served, missed, visits (one too late) │ queue, calls │ booked by customers, on every public service
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sorgente.journeys.demo.people import Known, People, is_household, pays_in_time
from sorgente.journeys.reception import call_next_number, visit_made
from sorgente.tickets.appointments.core.diary import ROME
from sorgente.tickets.appointments.queries.diary import FreeSlot, free_slots
from sorgente.tickets.appointments.usecases.book import book
from sorgente.tickets.appointments.usecases.calls import note_call, receive_call
from sorgente.tickets.appointments.usecases.receive import draw_number, end_counter_ticket, mark_missed
from sorgente.tickets.appointments.usecases.remind import confirm, remind
from sorgente.tickets.appointments.usecases.set_up import define_hours, define_place, define_service, open_slots

PAST, AHEAD = timedelta(days=20), timedelta(days=60)
DESKS = ("valdoro", "castel-sorgente")
_REMIND_HOURS = 24
_COUNTERS = ("Banco 1", "Banco 2")
_PLACES = (
    ("valdoro", "desk", "Sportello di Valdoro", "Corso Matteotti 20, Valdoro"),
    ("castel-sorgente", "desk", "Sportello di Castel Sorgente", "Piazza del Comune 3, Castel Sorgente"),
    ("squadra", "home", "Squadra tecnica", ""),
    ("telefono", "phone", "Ti chiamiamo noi", ""),
)
_SERVICES = (
    ("contratti", "Contratti e volture", "Contracts and transfers", "Documento di identità e codice fiscale."),
    ("bollette", "Bollette e pagamenti", "Bills and payments", "L'ultima bolletta, se l'ha."),
    ("contatore", "Verifica o sostituzione del contatore", "Meter check or replacement", ""),
    ("sopralluogo", "Sopralluogo per allacciamento", "Survey for a new connection", ""),
)
# place, services, weekdays, opens, closes, minutes of a slot, seats
_HOURS = (
    ("valdoro", ("contratti", "bollette"), (1, 2, 3, 4, 5), time(8, 30), time(12, 30), 20, 2),
    ("castel-sorgente", ("contratti", "bollette"), (2, 4), time(8, 30), time(12, 30), 20, 1),
    ("squadra", ("contatore", "sopralluogo"), (1, 2, 3, 4, 5), time(8), time(17), 180, 2),
    ("telefono", ("contratti", "bollette"), (1, 3, 5), time(9), time(12), 30, 1),
)
# service, place, how many in the past and to come
_ASKED = (
    ("contratti", "valdoro", 22, 20), ("bollette", "valdoro", 18, 14), ("contratti", "castel-sorgente", 6, 6),
    ("bollette", "castel-sorgente", 4, 4), ("contatore", "squadra", 7, 7), ("sopralluogo", "squadra", 3, 3),
    ("bollette", "telefono", 3, 5),
)  # fmt: skip
# minutes ago, who (customer, stranger, withheld), minutes until answered (None: rings or was lost), note
_CALLS = (
    (168, "customer", 1, "Chiede quando passa il letturista: rinviata all'area clienti."),
    (161, "stranger", 1, "Informazioni su un nuovo allacciamento, mandato il modulo."),
    (149, "customer", 2, "Contesta la bolletta: aperta la pratica, avvisata dei tempi."),
    (137, "withheld", 1, "Segnala acqua in strada, via del Mulino: passata al pronto intervento."),
    (122, "customer", 1, "Non trova il codice per attivare l'area clienti: inviato di nuovo."),
    (104, "customer", 3, "Vuole l'addebito in banca: mandato il modulo."),
    (95, "stranger", None, ""),
    (83, "customer", 1, "Autolettura dettata, registrata."),
    (66, "customer", 2, ""),
    (58, "withheld", 1, ""),
    (41, "customer", 1, "Rateizzazione spiegata, ci pensa."),
    (33, "stranger", 1, ""),
    (19, "customer", 2, "Sposta l'appuntamento dello sportello."),
    (6, "customer", 1, None),  # still talking
    (0, "customer", None, None),  # rings now
)


@dataclass(slots=True)
class Diary:
    """What was booked and how it went, for the summary."""

    appointments: int = 0
    calls: int = 0
    late_visits: list[str] = field(default_factory=list)


def keep_diary(people: People, *, seed: int, now: datetime) -> Diary:
    """Fill the diary around today, the queue and the calls; `now` is the moment whoever looks will see."""
    rnd = random.Random(f"diary-{seed}")
    today = now.astimezone(ROME).date()
    _set_up(today)
    done = Diary()
    arrivals: dict[tuple[str, date], list[tuple[datetime, str, str]]] = defaultdict(list)
    for service, place, past, ahead in _ASKED:
        begins = datetime.combine(today, time(), tzinfo=ROME)
        before = free_slots(service=service, place=place, start=begins - PAST, end=begins)
        after = free_slots(service=service, place=place, start=now + timedelta(hours=1), end=begins + AHEAD // 2)
        for slot in sorted(rnd.sample(before, min(past, len(before))), key=lambda one: one.starts_at):
            code = _book(people, slot, service, rnd)
            done.appointments += 1
            if place in DESKS:
                arrivals[place, slot.starts_at.astimezone(ROME).date()].append((slot.starts_at, code, service))
            elif place == "squadra":
                _visit(slot, code, is_late=not done.late_visits, done=done)
        for slot in sorted(rnd.sample(after, min(ahead, len(after))), key=lambda one: one.starts_at):
            booked_at = min(now, slot.starts_at) - timedelta(hours=rnd.randrange(2, 200))
            code = _book(people, slot, service, rnd, at=booked_at)
            confirm(code=code, at=booked_at)
            done.appointments += 1
    for (place, on), held in sorted(arrivals.items()):
        _day_at_the_counter(place, on, sorted(held, key=lambda one: one[0]), rnd)
    _queue_now(today, now, rnd)
    mark_missed(before=now)
    remind(as_of=now, hours=_REMIND_HOURS)
    done.calls = _calls(people, today, now)
    return done


def _set_up(today: date) -> None:
    for code, kind, name, address in _PLACES:
        define_place(code=code, kind=kind, name=name, address=address)
    for code, name, name_en, bring in _SERVICES:
        define_service(code=code, name=name, name_en=name_en, bring=bring)
    for place, services, weekdays, opens, closes, minutes, seats in _HOURS:
        define_hours(
            place=place, services=services, weekdays=weekdays, opens_at=opens, closes_at=closes, slot_minutes=minutes,
            seats=seats, from_on=today - PAST,
        )  # fmt: skip
    open_slots(start=today - PAST, end=today + AHEAD)


def _book(people: People, slot: FreeSlot, service: str, rnd: random.Random, *, at: datetime | None = None) -> str:
    one = people.some(lambda known: is_household(known) and pays_in_time(known))
    who = one.who
    return book(
        slot_id=slot.slot_id, service=service, name=one.full_name, email=who.email, mobile=who.mobile,
        address=f"{who.street} {who.house_number}, {who.municipality}" if slot.place == "squadra" else "",
        party_id=one.ids.party_id, account_number=one.ids.account_number,
        note=rnd.choice(("", "", "", "Citofono al secondo piano.", "Vengo con mia madre.")),
        at=at or slot.starts_at - timedelta(days=rnd.randrange(1, 9), hours=rnd.randrange(0, 6)),
    ).code  # fmt: skip


def _visit(slot: FreeSlot, code: str, *, is_late: bool, done: Diary) -> None:
    """The team comes within the band it promised; once it comes when the band is over."""
    arrived_at = slot.ends_at + timedelta(minutes=70) if is_late else slot.starts_at + timedelta(minutes=25)
    visit_made(code=code, arrived_at=arrived_at, at=arrived_at + timedelta(minutes=40))
    if is_late:
        done.late_visits.append(code)


def _day_at_the_counter(place: str, on: date, held: list[tuple[datetime, str, str]], rnd: random.Random) -> None:
    """People come some minutes early, wait, are served; now and then one does not come, or somebody without booking."""
    free_at = None
    for starts_at, code, service in held:
        if rnd.random() < 0.12:
            continue  # does not come
        drawn_at = starts_at - timedelta(minutes=rnd.randrange(2, 15))
        number = draw_number(place=place, service=service, on=on, at=drawn_at, appointment_code=code)
        called_at = max(starts_at + timedelta(minutes=rnd.randrange(0, 9)), free_at or drawn_at)
        call_next_number(place=place, on=on, counter=rnd.choice(_COUNTERS), operator="demo-desk", at=called_at)
        free_at = called_at + timedelta(minutes=rnd.randrange(4, 15))
        end_counter_ticket(ticket_id=number.pk, served=True, at=free_at)
        if rnd.random() < 0.35:
            free_at = _walks_in(place, on, free_at, rnd)


def _walks_in(place: str, on: date, free_at: datetime, rnd: random.Random) -> datetime:
    drawn_at = free_at - timedelta(minutes=rnd.randrange(3, 22))
    number = draw_number(place=place, service=rnd.choice(("contratti", "bollette")), on=on, at=drawn_at)
    call_next_number(place=place, on=on, counter=rnd.choice(_COUNTERS), operator="demo-desk", at=free_at)
    ended_at = free_at + timedelta(minutes=rnd.randrange(3, 12))
    end_counter_ticket(ticket_id=number.pk, served=rnd.random() < 0.93, at=ended_at)
    return ended_at


def _queue_now(today: date, now: datetime, rnd: random.Random) -> None:
    """Today at the first desk: some were served, one is at the counter, some wait."""
    place = DESKS[0]
    drawn = [
        draw_number(
            place=place, service=rnd.choice(("contratti", "bollette")), on=today, at=now - timedelta(minutes=minutes)
        )
        for minutes in (58, 51, 47, 36, 30, 17, 14, 9, 4)
    ]
    for number, minutes in zip(drawn[:5], (55, 44, 40, 26, 12), strict=True):
        called_at = now - timedelta(minutes=minutes)
        call_next_number(place=place, on=today, counter=rnd.choice(_COUNTERS), operator="demo-desk", at=called_at)
        if minutes > 20:
            end_counter_ticket(ticket_id=number.pk, served=True, at=called_at + timedelta(minutes=8))


def _calls(people: People, today: date, now: datetime) -> int:
    for number, (minutes, who, answered, note) in enumerate(_CALLS, 1):
        received_at = now - timedelta(minutes=minutes)
        one = people.some(is_household) if who == "customer" else None
        answered_at = None if answered is None else received_at + timedelta(seconds=20 * answered)
        is_over = note is not None
        call_id = receive_call(
            reference=f"centralino-{today:%Y%m%d}-{number:04d}", at=received_at, caller=_caller(who, one, number),
            line="800 123 456", operator="demo-call-centre" if answered else "", answered_at=answered_at,
            ended_at=received_at + timedelta(minutes=answered + 3 if answered else 1) if is_over else None,
        )  # fmt: skip
        if note:
            note_call(call_id=call_id, party_id=one.ids.party_id if one else None, note=note)
    return len(_CALLS)


def _caller(who: str, one: Known | None, number: int) -> str:
    if one is not None:
        return one.who.mobile
    return f"+3907110004{number:02d}" if who == "stranger" else ""
