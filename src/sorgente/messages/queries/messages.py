"""What was sent to whom about what, and what has not ended yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, QuerySet

from sorgente.messages.core.text import message_id
from sorgente.messages.models import Message


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One message as screens show it."""

    id: int
    key: str
    channel: str
    channel_label: str
    recipient: str
    subject_line: str
    body: str
    about: str
    contract_account_number: str
    document_id: int | None
    state: str
    state_label: str
    queued_at: datetime
    ended_at: datetime | None
    problem: str


def messages_of_account(number: str) -> list[MessageFacts]:
    """Return the messages to a contract account, the latest first."""
    return _facts(Message.objects.filter(contract_account_number=number))


def messages_about(about: str) -> list[MessageFacts]:
    """Return the messages about a thing (`bill:2026/SII/0000123`), the latest first."""
    return _facts(Message.objects.filter(about=about))


def message_id_of(key: str) -> str:
    """Return the Message-ID that the e-mail with this key carries: an answer to it names it."""
    return message_id(key, sender=settings.DEFAULT_FROM_EMAIL)


def failed_messages(since: datetime) -> list[MessageFacts]:
    """Return the messages that could not be delivered since then: somebody has to look at them."""
    return _facts(Message.objects.filter(state=Message.State.FAILED, ended_at__gte=since))


def unended_messages(queued_before: datetime) -> list[MessageFacts]:
    """Return the messages that still wait though they were queued before then: invariant A9."""
    return _facts(Message.objects.filter(state=Message.State.QUEUED, queued_at__lt=queued_before))


def messages_by_state() -> dict[str, int]:
    """Return how many messages are in each state, zeros included."""
    found = dict(Message.objects.values_list("state").annotate(Count("id")))
    return {state.value: found.get(state.value, 0) for state in Message.State}


def _facts(rows: QuerySet[Message]) -> list[MessageFacts]:
    return [
        MessageFacts(
            id=row.pk,
            key=row.key,
            channel=row.channel,
            channel_label=str(Message.Channel(row.channel).label),
            recipient=row.recipient,
            subject_line=row.subject_line,
            body=row.body,
            about=row.about,
            contract_account_number=row.contract_account_number,
            document_id=row.document_id,
            state=row.state,
            state_label=str(Message.State(row.state).label),
            queued_at=row.queued_at,
            ended_at=row.ended_at,
            problem=row.problem,
        )
        for row in rows.order_by("-queued_at", "-id")
    ]
