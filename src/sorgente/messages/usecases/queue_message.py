"""Queue messages: one with `queue_message`, thousands with `queue_messages`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from sorgente.messages.core.text import NewMessage, checked, refuse_if_different
from sorgente.messages.models import Message
from sorgente.shared.errors import SorgenteError

__all__ = ["NewMessage", "Queued", "queue_message", "queue_messages"]


@dataclass(frozen=True, slots=True)
class Queued:
    """What became of a batch; each message is in exactly one of the three.

    queued, known  how many were new, how many had been queued before with the same content
    refused        (message, error) of the others
    """

    queued: int
    known: int
    refused: list[tuple[NewMessage, SorgenteError]]


def queue_message(
    *,
    key: str,
    channel: str,
    recipient: str,
    subject_line: str,
    body: str,
    about: str,
    queued_at: datetime,
    contract_account_number: str = "",
    document_id: int | None = None,
    headers: Mapping[str, str] | None = None,
    link: str = "",
    not_before: datetime | None = None,
) -> int:
    """Queue one message and return its id; the same key with the same content changes nothing.

    raises  MessageIncomplete, InvalidEmail, InvalidPec; MessageDiffers when the key was used for other content
    """
    new = NewMessage(
        key, channel, recipient, subject_line, body, about, contract_account_number, document_id, headers or {}, link
    )
    result = queue_messages([new], queued_at=queued_at, not_before=not_before)
    if result.refused:
        raise result.refused[0][1]
    return Message.objects.values_list("pk", flat=True).get(key=key)


@transaction.atomic
def queue_messages(
    messages: Iterable[NewMessage], *, queued_at: datetime, not_before: datetime | None = None
) -> Queued:
    """Queue many messages; one that is refused does not stop the others.

    not_before  quiet hours: they leave at the first round after this
    """
    refused: list[tuple[NewMessage, SorgenteError]] = []
    ready: dict[str, NewMessage] = {}
    repeated: list[NewMessage] = []
    for message in messages:
        try:
            good = checked(message)
        except SorgenteError as error:
            refused.append((message, error))
            continue
        if good.key in ready:
            repeated.append(good)
        else:
            ready[good.key] = good
    fresh = _insert(ready, queued_at, not_before)
    again = [message for key, message in ready.items() if key not in fresh] + repeated
    rows = {row.key: row for row in Message.objects.filter(key__in={message.key for message in again})}
    known = 0
    for message in again:
        try:
            refuse_if_different(message, rows[message.key])
            known += 1
        except SorgenteError as error:
            refused.append((message, error))
    return Queued(len(fresh), known, refused)


def _insert(messages: dict[str, NewMessage], queued_at: datetime, not_before: datetime | None) -> set[str]:
    values = list(messages.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_message (key, channel, recipient, subject_line, body, about, contract_account_number,"
            " document_id, headers, link, state, attempts, queued_at, not_before, problem)"
            " SELECT given.*, 'queued', 0, %s, %s, '' FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[],"
            " %s::text[], %s::text[], %s::text[], %s::bigint[], %s::jsonb[], %s::text[]) AS given"
            " ON CONFLICT (key) DO NOTHING RETURNING key",
            [
                queued_at,
                not_before,
                list(messages),
                [one.channel for one in values],
                [one.recipient for one in values],
                [one.subject_line for one in values],
                [one.body for one in values],
                [one.about for one in values],
                [one.contract_account_number for one in values],
                [one.document_id for one in values],
                [json.dumps(dict(one.headers)) for one in values],
                [one.link for one in values],
            ],
        )
        return {row[0] for row in cursor.fetchall()}
