"""A message as it came in, and what was understood of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Message:
    """One incoming message. `channel` is email, pec, web, app, chat, phone or desk; texts are plain."""

    id: str
    channel: str
    subject: str
    body: str
    sender: str = ""


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A code, amount, reading or place found in a message.

    start, end   [start, end) characters of the field named by `where` (subject or body)
    normalized   the value as the database writes it
    valid        False when a check digit fails or the value cannot be
    in_quote     True inside quoted or forwarded text
    """

    type: str
    where: str
    start: int
    end: int
    text: str
    normalized: str
    valid: bool = True
    in_quote: bool = False


@dataclass(frozen=True, kw_only=True)
class Classified:
    """The proposal for one message; whoever accepts or corrects it decides.

    ranked      categories, likeliest first, with their chances
    confidence  calibrated chance that `category` is right, 0 to 1
    abstain     True when the confidence is too low to route without a person
    reasons     words of the message that spoke most for the category, and rules that spoke
    """

    id: str
    category: str
    ranked: tuple[tuple[str, float], ...]
    secondary: tuple[str, ...]
    regulated_type: str
    priority: str
    confidence: float
    abstain: bool
    language: str
    reasons: tuple[str, ...]
    entities: tuple[Entity, ...] = field(default=())
