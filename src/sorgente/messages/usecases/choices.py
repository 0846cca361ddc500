"""What a customer chooses to be told about, on which channel and when; and the browsers that show it."""

from __future__ import annotations

from datetime import datetime, time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from sorgente.messages.models import NotificationChoice, PushSubscription, QuietHours, Topic
from sorgente.messages.queries.notification_choices import CHOSEN
from sorgente.shared.errors import SorgenteError
from sorgente.shared.secrets import encrypt


class UnknownChoice(SorgenteError):
    code = "messages.choice.unknown"


class SubscriptionMalformed(SorgenteError):
    code = "messages.push.malformed"


def set_choice(*, party_id: int, topic: str, channel: str, wanted: bool, at: datetime) -> None:
    """Keep whether a party wants a topic on a channel; raises UnknownChoice."""
    if topic not in Topic.values or channel not in CHOSEN:
        raise UnknownChoice(
            f"Choice {topic} on {channel}", "There is no such topic or channel.", "Choose from those of the page."
        )
    NotificationChoice.objects.update_or_create(
        party_id=party_id, topic=topic, channel=channel, defaults={"wanted": wanted, "chosen_at": at}
    )


def set_quiet_hours(*, party_id: int, begins_at: time, ends_at: time) -> None:
    """Keep when a party's telephone stays silent; equal times: never."""
    QuietHours.objects.update_or_create(party_id=party_id, defaults={"begins_at": begins_at, "ends_at": ends_at})


@transaction.atomic
def register_push(
    *, party_id: int | None, user_id: int, endpoint: str, p256dh: str, auth: str, device: str, at: datetime
) -> int:
    """Keep a browser's subscription and return its id; the same browser again is the same one, awake again.

    party_id  the holder it shows notices of; None: a delegate who is no customer, told of the accounts they look after
    raises  SubscriptionMalformed when it is not what a browser gives
    """
    address = urlsplit(endpoint)
    if address.scheme not in ("https", "http") or not address.hostname or not p256dh or not auth or len(endpoint) > 500:
        raise SubscriptionMalformed(
            "Subscription", "It has no address or no keys.", "Turn notifications off and on again in the browser."
        )
    facts = {
        "party_id": party_id, "user_id": user_id, "p256dh": p256dh, "auth": encrypt(auth, key=settings.FIELD_KEY),
        "device": device[:80],
    }  # fmt: skip
    kept, _ = PushSubscription.objects.update_or_create(
        endpoint=endpoint, defaults={**facts, "gone_at": None}, create_defaults={**facts, "created_at": at}
    )
    return kept.pk


def drop_push(*, user_id: int, endpoint: str, at: datetime) -> bool:
    """End a subscription of a user; tells whether there was one."""
    mine = PushSubscription.objects.filter(user_id=user_id, endpoint=endpoint, gone_at__isnull=True)
    return mine.update(gone_at=at) > 0


def drop_push_by_id(*, user_id: int, subscription_id: int, at: datetime) -> bool:
    """End a subscription of a user by its id, from another device of theirs; tells whether there was one."""
    mine = PushSubscription.objects.filter(user_id=user_id, pk=subscription_id, gone_at__isnull=True)
    return mine.update(gone_at=at) > 0
