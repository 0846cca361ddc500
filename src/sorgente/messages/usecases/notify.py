"""Tell a customer something on the channels they chose; their telephone stays silent in their quiet hours."""

from __future__ import annotations

from datetime import datetime

from sorgente.messages.core.quiet import ROME, rings_at
from sorgente.messages.core.text import NewMessage
from sorgente.messages.models import Message, PushSubscription, Topic
from sorgente.messages.queries.notification_choices import quiet_hours, wanted_channels
from sorgente.messages.usecases.queue_message import Queued, queue_messages


def notify(
    *,
    party_id: int,
    topic: str,
    title: str,
    body: str,
    link: str,
    key: str,
    about: str,
    at: datetime,
    email: str = "",
    mobile: str = "",
    account_number: str = "",
) -> Queued:
    """Queue one message on each channel the party wants for the topic; the same key again changes nothing.

    link           path of the page it opens, `/area/…`
    email, mobile  where the other channels reach the party; empty: they do not
    """
    wanted = wanted_channels(party_id, Topic(topic), on=at.astimezone(ROME).date())
    begins_at, ends_at = quiet_hours(party_id, on=at.astimezone(ROME).date())
    later = rings_at(at, begins_at=begins_at, ends_at=ends_at)
    silent: list[NewMessage] = []
    ringing: list[NewMessage] = []
    if Message.Channel.PUSH in wanted:
        subscribed = PushSubscription.objects.filter(party_id=party_id, gone_at__isnull=True).values_list(
            "pk", flat=True
        )
        ringing += [
            NewMessage(f"{key}:push:{one}", "push", str(one), title, body, about, account_number, link=link)
            for one in subscribed
        ]
    if Message.Channel.SMS in wanted and mobile:
        ringing.append(NewMessage(f"{key}:sms", "sms", mobile, title, f"{title}. {body}", about, account_number))
    if Message.Channel.EMAIL in wanted and email:
        silent.append(NewMessage(f"{key}:email", "email", email, title, body, about, account_number, link=link))
    first = queue_messages(silent, queued_at=at)
    second = queue_messages(ringing, queued_at=at, not_before=later if later > at else None)
    return Queued(first.queued + second.queued, first.known + second.known, first.refused + second.refused)
