"""A message made ready for the classifier: the part that counts, values masked, cues counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sorgente.tickets.core import cues
from sorgente.tickets.core.entities import find_entities, mask
from sorgente.tickets.core.language import language_of
from sorgente.tickets.core.message import Entity, Message
from sorgente.tickets.core.segments import BODY, QUOTE, Segment, new_text, segment, words

# Fewer words of its own than this and a message only answers what it quotes.
BARE_ANSWER_WORDS = 4
QUOTED_CHARACTERS = 500
_REPLY_MARK = re.compile(
    r"^\s*(?:(?:re|r|rif|fwd?|i|inoltro|risposta|posta certificata|anomalia messaggio)\s*:\s*)+", re.I
)
_FORWARD = re.compile(r"^\s*(?:fwd?|i|inoltro)\s*:", re.I)
_QUOTE_MARK = re.compile(r"^\s{0,3}(?:>\s?)+|^\s*(?:da|from|a|to|cc|data|date|inviato|sent)\s*:.*$", re.M | re.I)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What the heads read. `text` has codes and amounts masked; `signs` is one 0/1 a cue (cues.NAMES)."""

    message: Message
    text: str
    own_words: str
    entities: tuple[Entity, ...]
    language: str
    signs: npt.NDArray[np.float64]


def prepare(message: Message) -> Prepared:
    """Segment, extract, mask and count the cues of a message."""
    parts = segment(message.body)
    found = find_entities(message, parts)
    own = new_text(message.body, parts)
    body = _masked(message.body, [part for part in parts if part.kind == BODY], found)
    if words(own) < BARE_ANSWER_WORDS or _FORWARD.match(message.subject):
        quoted = _masked(message.body, [part for part in parts if part.kind == QUOTE], found)
        body = f"{body}\n{_QUOTE_MARK.sub('', quoted).strip()[:QUOTED_CHARACTERS]}"
    in_subject = [entity for entity in found if entity.where == "subject"]
    subject = mask(message.subject, in_subject, start=0, end=len(message.subject))
    text = f"{_REPLY_MARK.sub('', subject)}\n{body}".strip()
    own_words = f"{message.subject}\n{own}"
    return Prepared(
        message=message,
        text=re.sub(r"[ \t]+", " ", re.sub(r"\n{2,}", "\n", text)) or message.body[:QUOTED_CHARACTERS],
        own_words=own_words,
        entities=tuple(found),
        language=language_of(own_words),
        signs=cues.signs(own_words, message=message, entities=found),
    )


def _masked(body: str, parts: list[Segment], entities: list[Entity]) -> str:
    inside = [entity for entity in entities if entity.where == "body"]
    return "".join(mask(body, inside, start=part.start, end=part.end) for part in parts).strip()
