"""What a party is told about, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sorgente.messages.models import Message, NotificationChoice, PushSubscription, QuietHours, Topic
from sorgente.tariffs.rules import rules

# The channels a customer chooses among, in the order pages show them.
CHOSEN = (Message.Channel.PUSH, Message.Channel.EMAIL, Message.Channel.SMS)


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """One topic: whether it is told by each channel, in the order of CHOSEN (push, email, sms)."""

    topic: str
    label: str
    wanted: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Subscribed:
    id: int
    device: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Choices:
    topics: tuple[TopicChoice, ...]
    quiet_from: time
    quiet_until: time
    devices: tuple[Subscribed, ...]


def notification_choices(party_id: int, *, on: date) -> Choices:
    begins_at, ends_at = quiet_hours(party_id, on=on)
    topics = []
    for topic in Topic:
        wanted = wanted_channels(party_id, topic, on=on)
        topics.append(TopicChoice(topic.value, topic.label, tuple((str(one), one in wanted) for one in CHOSEN)))
    devices = PushSubscription.objects.filter(party_id=party_id, gone_at__isnull=True).order_by("-created_at")
    return Choices(
        tuple(topics),
        begins_at,
        ends_at,
        tuple(Subscribed(one.pk, one.device, one.created_at) for one in devices),
    )


def parties_with_push() -> list[int]:
    """Return the parties that have a browser listening: the only ones worth looking at every night."""
    rows = PushSubscription.objects.filter(gone_at__isnull=True).order_by("party_id").distinct()
    return [one for one in rows.values_list("party_id", flat=True) if one is not None]


def users_with_push() -> list[int]:
    """Return the users that have a browser listening, customers and delegates."""
    rows = PushSubscription.objects.filter(gone_at__isnull=True).order_by("user_id")
    return list(rows.values_list("user_id", flat=True).distinct())


def wanted_channels(party_id: int | None, topic: Topic, *, on: date) -> set[str]:
    """Return the channels a party is told of a topic on: the rules' and what the party chose otherwise.

    party_id  None: who is no customer has chosen nothing
    """
    wanted = set(rules().value("messages.topics", on=on)["channels"][topic.value])
    if party_id is None:
        return wanted
    for channel, is_wanted in NotificationChoice.objects.filter(party_id=party_id, topic=topic).values_list(
        "channel", "wanted"
    ):
        (wanted.add if is_wanted else wanted.discard)(channel)
    return wanted


def quiet_hours(party_id: int | None, *, on: date) -> tuple[time, time]:
    """Return when the party's telephone falls silent and when it may ring again; None: as the rules say."""
    chosen = None if party_id is None else QuietHours.objects.filter(party_id=party_id).first()
    if chosen is not None:
        return chosen.begins_at, chosen.ends_at
    given = rules().value("messages.topics", on=on)["quiet"]
    return time.fromisoformat(given["begins_at"]), time.fromisoformat(given["ends_at"])
