"""The mailbox of the latest two months: what customers wrote, how the offices sorted and answered it, what waits.

Mails of more than a fortnight ago are mostly answered, two after their term; of the latest ones a few are. A
person puts right what the model got wrong, on the day after.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import Any

import yaml

from sorgente.billing.queries.bill_list import list_bills
from sorgente.journeys.demo.letters import File, certified, mail, odd_mails, quoting
from sorgente.journeys.demo.people import Known, People, is_household
from sorgente.journeys.demo.pictures import meter_photo, one_page_pdf
from sorgente.journeys.demo.water import Meters
from sorgente.journeys.tickets import answer_ticket, finish_ticket, handle_incoming, reclassify
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import euro
from sorgente.tickets.appointments.core.diary import ROME
from sorgente.tickets.queries.tickets import read_proposals_of, ticket
from sorgente.tickets.usecases.draft_reply import draft_reply
from sorgente.tickets.usecases.handle_ticket import assign_ticket
from sorgente.tickets.usecases.read_proposals import accept_read_proposal

DAYS = 62
_SETTLED = 14  # days after which most mails are answered
_CLERKS = (("demo-complaints", "Elena Russo"), ("demo-desk", "Giulia Marchetti"), ("demo-billing", "Chiara Lombardi"))
_CREDITED = frozenset({"rettifica_fatturazione"})
_NO_ANSWER = frozenset({"autolettura"})  # the reading is taken; nobody writes back

Act = Callable[[datetime], None]


@dataclass(slots=True)
class Mailbox:
    """What came in and what became of it, for the summary."""

    mails: int = 0
    tickets: int = 0
    corrected: int = 0
    answered: int = 0
    reads_taken: int = 0
    refusals: list[str] = field(default_factory=list)
    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def plan(self, at: datetime, act: Act) -> None:
        self._agenda.append((at, len(self._agenda), act))

    def has_work(self, until: datetime) -> bool:
        return any(at <= until for at, *_ in self._agenda)

    def live(self, until: datetime) -> None:
        """Do everything planned in order of time, what is planned on the way included; later acts stay undone."""
        while self._agenda:
            self._agenda.sort(key=lambda one: one[:2])
            if self._agenda[0][0] > until:
                return
            at, _, act = self._agenda.pop(0)
            try:
                act(at)
            except SorgenteError as problem:
                self.refusals.append(str(problem))


def texts() -> Sequence[dict[str, Any]]:
    """Return what customers write: mails.yaml."""
    content = (resources.files("sorgente.journeys.demo") / "mails.yaml").read_text("utf-8")
    return list(yaml.safe_load(content))


def mailbox_of(people: People, meters: Meters, *, seed: int, ends_on: date) -> Mailbox:
    """Return a mailbox in which the mails of the latest two months are still to come."""
    rnd = random.Random(f"mail-{seed}")
    box, written = Mailbox(), texts()
    for number, one in enumerate(written):
        # Nearer to the end they come closer together.
        days = int(DAYS * (1 - (number + 1) / (len(written) + 1)) ** 1.6)
        at = _moment(ends_on - timedelta(days=max(days, 1)), rnd)
        box.plan(at, _arrival(box, one, number, days, people, meters, rnd))
    odd_at = _moment(ends_on - timedelta(days=4), rnd)
    for number, raw in enumerate(odd_mails(odd_at)):
        box.plan(odd_at + timedelta(hours=number + 1), _oddity(box, raw))
    return box


def _moment(day: date, rnd: random.Random) -> datetime:
    return datetime.combine(day, time(rnd.randrange(7, 19), rnd.randrange(60)), tzinfo=ROME)


def _oddity(box: Mailbox, raw: bytes) -> Act:
    def act(at: datetime) -> None:
        got = handle_incoming(raw=raw, at=at)
        box.mails += 1
        box.tickets += got.outcome == "ticket"

    return act


def _arrival(
    box: Mailbox, text: dict[str, Any], number: int, days: int, people: People, meters: Meters, rnd: random.Random
) -> Act:
    def act(at: datetime) -> None:
        one = people.some(lambda known: is_household(known) and not known.who.radio)
        got = handle_incoming(raw=_raw(text, number, one, meters, at), at=at)
        box.mails += 1
        if got.outcome != "ticket":
            return
        box.tickets += 1
        clerk = _CLERKS[number % len(_CLERKS)]
        if days > 2 and ticket(got.ticket).category != text["for"]:
            box.plan(at + timedelta(days=1), _correction(box, got.ticket, text["for"], clerk[0]))
        if days > _SETTLED or number % 5 == 0:
            wait = text.get("answered_after", rnd.randrange(1, 9))
            box.plan(at + timedelta(days=wait, hours=1), _handling(box, got.ticket, text["for"], clerk))
        elif number % 3 == 0:
            box.plan(at + timedelta(hours=2), _taking(got.ticket, clerk[0]))

    return act


def _correction(box: Mailbox, number: str, category: str, by: str) -> Act:
    def act(at: datetime) -> None:
        reclassify(number=number, by=by, at=at, category=category)
        box.corrected += 1

    return act


def _taking(number: str, by: str) -> Act:
    return lambda at: _discard(assign_ticket(number=number, to=by, by=by, at=at))


def _discard(_: object) -> None:
    """Take no notice of what an act returns."""


def _handling(box: Mailbox, number: str, category: str, clerk: tuple[str, str]) -> Act:
    def act(at: datetime) -> None:
        assign_ticket(number=number, to=clerk[0], by=clerk[0], at=at)
        if category in _NO_ANSWER:
            for proposal in read_proposals_of(number, at=at):
                taken = accept_read_proposal(proposal_id=proposal.id, by=clerk[0], at=at)
                box.reads_taken += taken.state == "accepted"
            finish_ticket(number=number, by=clerk[0], at=at, reason="lettura registrata")
            return
        draft = draft_reply(ticket(number), as_of=at.date(), signed_by=clerk[1])
        # What a clerk finds to be right is not credited; of the others the clock of the money runs on.
        correction = "not_due" if category not in _CREDITED else ""
        answer_ticket(number=number, body=draft.body, author=clerk[0], at=at, correction=correction)
        box.answered += 1

    return act


def _raw(text: dict[str, Any], number: int, one: Known, meters: Meters, at: datetime) -> bytes:
    """Return a mail of a customer about their own supply."""
    extras = text.get("with", [])
    shown = int(meters.shown_milli([one.place], at.date())[0]) // 1000
    figures = _figures(one, shown, at.date(), text)
    subject, body = text["subject"].format(**figures), text["text"].format(**figures).rstrip()
    sender = f"privato{number}@altrove.example" if "other_address" in extras else one.who.email
    if "quote" in extras:
        told = f"Gentile cliente,\nla bolletta {figures['bill']} è pronta: importo {figures['amount']}.\nValdoro Acque"
        body = quoting(body, told, at - timedelta(days=3))
    files: list[File] = []
    if "photo" in extras:
        files.append(("IMG_20260418.jpg", "image/jpeg", meter_photo(one.who.serial, shown)))
    if "pdf" in extras:
        lines = ["Ricevuta", f"Intestatario: {one.full_name}", f"Riferimento: {figures['bill']}", f"{at:%d/%m/%Y}"]
        files.append(("ricevuta.pdf", "application/pdf", one_page_pdf(lines)))
    written = mail(
        sender=sender, name=one.full_name, subject=subject, text=body, at=at - timedelta(minutes=2),
        mail_id=f"m{number}.{one.who.index}", as_html="html" in extras, files=files,
    )  # fmt: skip
    if "pec" in extras:
        return certified(written, sender=sender, subject=subject, at=at, mail_id=f"m{number}")
    return written


def _figures(one: Known, index_m3: int, on: date, text: dict[str, Any]) -> dict[str, str]:
    who = one.who
    asks_bill = any("{bill}" in part or "{amount}" in part for part in (text["subject"], text["text"]))
    bill = list_bills(as_of=on, account=one.ids.account_number, end=on).first() if asks_bill or "with" in text else None
    return {
        "name": one.full_name, "first": who.first_name, "surname": who.surname, "account": one.ids.account_number,
        "serial": who.serial, "index": str(index_m3), "tax_code": who.tax_code, "mobile": who.mobile,
        "town": who.municipality, "street": f"{who.street} {who.house_number}",
        "bill": bill["number"] if bill else "dell'ultimo periodo",
        "amount": euro(bill["total_cents"]) if bill else "più di cento euro",
    }  # fmt: skip
