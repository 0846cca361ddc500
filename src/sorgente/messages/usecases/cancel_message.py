"""Withdraw a message before it leaves."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.messages.models import Message
from sorgente.shared.errors import SorgenteError


class UnknownMessage(SorgenteError):
    code = "messages.message.unknown"


class MessageAlreadyEnded(SorgenteError):
    code = "messages.message.already-ended"


@transaction.atomic
def cancel_message(*, key: str, reason: str, as_of: datetime) -> None:
    """End a queued message as cancelled, with the reason; raises UnknownMessage, MessageAlreadyEnded."""
    message = Message.objects.select_for_update().filter(key=key).first()
    if message is None:
        raise UnknownMessage(f"Message {key}", "No message has this key.", "Look it up on the customer's page.")
    if message.state != Message.State.QUEUED:
        ended = "" if message.ended_at is None else f" on {message.ended_at:%Y-%m-%d}"
        raise MessageAlreadyEnded(
            f"Message {key}", f"It ended as {message.state}{ended}.", "Send the customer another message instead."
        )
    message.state, message.ended_at, message.problem = Message.State.CANCELLED, as_of, reason
    message.save(update_fields=["state", "ended_at", "problem"])
