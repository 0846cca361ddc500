"""Send what is queued; every message ends sent or failed, or waits for the next round with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from sorgente.messages.adapters.channels import ChannelDown, Channels
from sorgente.messages.models import Message
from sorgente.shared.errors import SorgenteError

_CHUNK = 200
ATTEMPTS = 5  # rounds after which a channel that is down makes a message fail


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round did: messages sent, failed for good, and left waiting."""

    sent: int
    failed: int
    waiting: int


def deliver_messages(
    *, as_of: datetime, limit: int | None = None, on_progress: Callable[[int], None] | None = None
) -> Delivered:
    """Send queued messages in the order they were queued, each tried once.

    limit        how many at most
    on_progress  called with how many more were tried
    Not to be called inside a transaction: each chunk commits, so that what has left is not sent twice. Several
    workers may deliver at once. A crash within a chunk sends it again under the same Message-ID.
    """
    sent = failed = waiting = after = 0
    with Channels(as_of) as channels:
        while limit is None or sent + failed + waiting < limit:
            room = _CHUNK if limit is None else min(_CHUNK, limit - sent - failed - waiting)
            with transaction.atomic():
                rows = list(
                    Message.objects.select_for_update(skip_locked=True, of=("self",))
                    .select_related("document")
                    .filter(
                        Q(not_before__isnull=True) | Q(not_before__lte=as_of), state=Message.State.QUEUED, id__gt=after
                    )
                    .order_by("id")[:room]
                )
                for message in rows:
                    _send(message, channels, as_of)
                _write_down(rows)
            if not rows:
                break
            after = rows[-1].pk
            sent += sum(row.state == Message.State.SENT for row in rows)
            failed += sum(row.state == Message.State.FAILED for row in rows)
            waiting += sum(row.state == Message.State.QUEUED for row in rows)
            if on_progress is not None:
                on_progress(len(rows))
    return Delivered(sent, failed, waiting)


def _write_down(rows: Sequence[Message]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_message m SET state = n.state, attempts = n.attempts, ended_at = n.ended_at,"
            " problem = n.problem FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::timestamptz[], %s::text[])"
            " AS n(id, state, attempts, ended_at, problem) WHERE m.id = n.id",
            [
                [row.pk for row in rows],
                [str(row.state) for row in rows],
                [row.attempts for row in rows],
                [row.ended_at for row in rows],
                [row.problem for row in rows],
            ],
        )


def _send(message: Message, channels: Channels, as_of: datetime) -> None:
    message.attempts += 1
    try:
        channels.send(message)
    except ChannelDown as problem:
        message.problem = str(problem)
        if message.attempts >= ATTEMPTS:
            message.state, message.ended_at = Message.State.FAILED, as_of
    except SorgenteError as problem:
        message.problem = str(problem)
        message.state, message.ended_at = Message.State.FAILED, as_of
    else:
        message.problem = ""
        message.state, message.ended_at = Message.State.SENT, as_of
