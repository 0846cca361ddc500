"""Tell a customer something on the channels they chose; their telephone stays silent in their quiet hours."""

from __future__ import annotations

from collections.abc import Collection
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
    email_body: str = "",
    delegates: Collection[int] = (),
    on_behalf_of: str = "",
) -> Queued:
    """Queue one message on each channel the party wants for the topic; the same key again changes nothing.

    link           path of the page it opens, `/area/…`
    email, mobile  where the other channels reach the party; empty: they do not
    email_body     a longer text for the e-mail; empty: `body`
    delegates      users who look after the account it is about: told on their own devices as they chose themselves
    on_behalf_of   the holder's name, put before the text they read
    """
    wanted = wanted_channels(party_id, Topic(topic), on=at.astimezone(ROME).date())
    listening = PushSubscription.objects.filter(gone_at__isnull=True)
    silent: list[NewMessage] = []
    ringing: list[NewMessage] = []

    def push(to: int, text: str) -> NewMessage:
        return NewMessage(f"{key}:push:{to}", "push", str(to), title, text, about, account_number, link=link)

    if Message.Channel.PUSH in wanted:
        ringing += [push(one, body) for one in listening.filter(party_id=party_id).values_list("pk", flat=True)]
    if Message.Channel.SMS in wanted and mobile:
        ringing.append(NewMessage(f"{key}:sms", "sms", mobile, title, f"{title}. {body}", about, account_number))
    if Message.Channel.EMAIL in wanted and email:
        text = email_body or body
        silent.append(NewMessage(f"{key}:email", "email", email, title, text, about, account_number, link=link))
    done = [
        queue_messages(silent, queued_at=at),
        queue_messages(ringing, queued_at=at, not_before=_rings(party_id, at)),
    ]
    others = listening.filter(user_id__in=delegates).exclude(party_id=party_id) if delegates else listening.none()
    told = f"{on_behalf_of}: {body}" if on_behalf_of else body
    for device in others.order_by("pk"):
        if Message.Channel.PUSH in wanted_channels(device.party_id, Topic(topic), on=at.astimezone(ROME).date()):
            later = _rings(device.party_id, at)
            done.append(queue_messages([push(device.pk, told)], queued_at=at, not_before=later))
    return Queued(
        sum(one.queued for one in done), sum(one.known for one in done), [pair for one in done for pair in one.refused]
    )


def _rings(party_id: int | None, at: datetime) -> datetime | None:
    """Return when the party's telephone may ring again; None: now."""
    begins_at, ends_at = quiet_hours(party_id, on=at.astimezone(ROME).date())
    later = rings_at(at, begins_at=begins_at, ends_at=ends_at)
    return later if later > at else None
