"""The inbox of an office, and the lists other pages show."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from sorgente.tickets.core.offices import OFFICE_WORDS
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.models import IncomingMail, Mailbox, Ticket
from sorgente.tickets.queries.facts import facts_of

CHANNELS: list[tuple[str, str]] = [(one.value, str(one.label)) for one in Ticket.Channel]
STATES: list[tuple[str, str]] = [(one.value, str(one.label)) for one in Ticket.State]
OFFICES: list[tuple[str, str]] = list(OFFICE_WORDS.items())
WAITING_FOR_US = (Ticket.State.NEW, Ticket.State.ASSIGNED)
_FAR = date(9999, 1, 1)


def inbox(
    *,
    office: str = "",
    state: str = "open",
    category: str = "",
    priority: str = "",
    channel: str = "",
    assigned_to: str = "",
    text: str = "",
    unsure: bool = False,
    due_before: date | None = None,
) -> QuerySet[Any, Any]:
    """Return tickets as dictionaries: the most pressing first, then by deadline, then the oldest.

    state        "open" (waits for us), "all", or one state
    assigned_to  a login; "nobody" for those without
    text         ticket number, sender's address or name, account number, or words of the subject
    unsure       only those the model left to a person and nobody has confirmed
    due_before   only those whose legal answer is due before the day
    """
    found = Ticket.objects.all()
    if office:
        found = found.filter(office=office)
    if state == "open":
        found = found.filter(state__in=WAITING_FOR_US)
    elif state and state != "all":
        found = found.filter(state=state)
    for name, value in (("category", category), ("priority", priority), ("channel", channel)):
        if value:
            found = found.filter(**{name: value})
    if assigned_to:
        found = found.filter(assigned_to="" if assigned_to == "nobody" else assigned_to)
    if unsure:
        found = found.filter(prediction__abstain=True, confirmed=False)
    if due_before is not None:
        found = found.filter(due_on__lt=due_before)
    if text:
        found = found.filter(
            Q(number__iexact=text)
            | Q(sender__istartswith=text)
            | Q(sender_name__icontains=text)
            | Q(account_number=text)
            | Q(subject__icontains=text)
            | Q(party__name__icontains=text)
        )
    return (
        found.annotate(
            confidence=F("prediction__confidence"),
            abstain=F("prediction__abstain"),
            ranked=F("prediction__ranked"),
            customer=F("party__name"),
            due=Coalesce("due_on", _FAR),
        )
        .order_by("priority_rank", "due", "id")
        .values(
            "id", "number", "channel", "state", "subject", "sender", "sender_name", "category", "regulated_type",
            "priority", "office", "confirmed", "party_id", "customer", "account_number", "assigned_to", "opened_at",
            "latest_at", "due_on", "confidence", "abstain",
            "ranked",
        )
    )  # fmt: skip


def waiting_by_office() -> dict[str, int]:
    """Return how many tickets wait for us in each office, offices without any included."""
    rows = Ticket.objects.filter(state__in=WAITING_FOR_US).values_list("office").annotate(Count("id")).order_by()
    found = dict(rows)
    return {office: found.get(office, 0) for office in OFFICE_WORDS}


def due_soon(*, as_of: date, days: int) -> int:
    """Return how many tickets that wait for us are due within so many days, late ones included."""
    return Ticket.objects.filter(state__in=WAITING_FOR_US, due_on__lt=as_of + timedelta(days=days + 1)).count()


def tickets_of_party(party_id: int) -> list[TicketFacts]:
    """Return the tickets of a customer, the latest first."""
    return _facts(Ticket.objects.filter(party_id=party_id))


def tickets_of_account(number: str) -> list[TicketFacts]:
    """Return the tickets about a contract account, the latest first."""
    return _facts(Ticket.objects.filter(account_number=number))


def open_tickets_of_party(party_id: int, *, but: str = "") -> list[TicketFacts]:
    """Return the tickets of a customer that are not closed, the latest first, without the one numbered `but`."""
    found = Ticket.objects.filter(party_id=party_id).exclude(state=Ticket.State.CLOSED).exclude(number=but)
    return _facts(found)


def _facts(rows: QuerySet[Ticket]) -> list[TicketFacts]:
    return [facts_of(row) for row in rows.select_related("prediction").order_by("-opened_at", "-id")]


def recent_from(sender: str, *, until: datetime) -> int:
    """Return how many tickets an address has opened in the day before an instant, the instant included."""
    return Ticket.objects.filter(sender=sender, opened_at__gt=until - timedelta(days=1), opened_at__lte=until).count()


def parked_mails() -> list[dict[str, Any]]:
    """Return the mails that wait for a person, the oldest first."""
    rows = IncomingMail.objects.filter(outcome=IncomingMail.Outcome.PARKED, resolved_at=None).order_by("id")
    found = rows.values("id", "sender", "subject", "reason", "mailbox", "received_at", sha256=F("document__sha256"))
    return [dict(row) for row in found]


def mailbox_problems() -> list[tuple[str, str, datetime | None, int]]:
    """Return (name, problem, latest visit, failed visits in a row) of each mailbox that cannot be read."""
    rows = Mailbox.objects.exclude(problem="").order_by("name")
    return list(rows.values_list("name", "problem", "checked_at", "failures"))
