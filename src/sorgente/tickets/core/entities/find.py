"""All entities of a message, rivals weighed; and the message with them masked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from sorgente.tickets.core.entities.amounts import find_amounts
from sorgente.tickets.core.entities.candidate import Candidate
from sorgente.tickets.core.entities.codes import find_codes
from sorgente.tickets.core.entities.explained import find_codes_explained
from sorgente.tickets.core.entities.places import find_places
from sorgente.tickets.core.entities.readings import BARE_RANK, find_readings
from sorgente.tickets.core.message import Entity, Message
from sorgente.tickets.core.segments import QUOTE, Segment, segment

# What stands in the classifier's text instead of the value: it must not learn numbers, nor keep personal data.
_MASKS = {
    "CODICE_CLIENTE": "[codice cliente]",
    "CODICE_UTENZA": "[utenza]",
    "POD": "[pod]",
    "PDR": "[pdr]",
    "MATRICOLA_CONTATORE": "[matricola]",
    "NUMERO_FATTURA": "[numero]",
    "LETTURA": "[indice]",
    "DATA_LETTURA": "[data]",
    "IBAN": "[iban]",
    "CODICE_FISCALE": "[codice fiscale]",
    "PARTITA_IVA": "[partita iva]",
    "TELEFONO": "[telefono]",
    "IMPORTO": "[importo]",
    "INDIRIZZO": "[indirizzo]",
    "NUMERO_PRATICA": "[numero]",
}


def find_entities(
    message: Message, segments: Sequence[Segment] | None = None, *, bare_reading_digits: int | None = None
) -> list[Entity]:
    """Return the entities of subject and body, in the order of the text.

    bare_reading_digits  how long a bare number of the body must be to be a reading, where readings are expected
    """
    parts = segment(message.body) if segments is None else segments
    quotes = [(part.start, part.end) for part in parts if part.kind == QUOTE]
    found = []
    for where, text in (("subject", message.subject), ("body", message.body)):
        digits = bare_reading_digits if where == "body" else None
        for candidate in _weighed(_candidates(text, digits)):
            quoted = where == "body" and any(start <= candidate.start < end for start, end in quotes)
            if quoted and candidate.rank <= BARE_RANK:
                continue  # a bare number is a reading only in what the sender writes now
            found.append(
                Entity(
                    type=candidate.type,
                    where=where,
                    start=candidate.start,
                    end=candidate.end,
                    text=text[candidate.start : candidate.end],
                    normalized=candidate.normalized,
                    valid=candidate.valid,
                    in_quote=quoted,
                )
            )
    return found


def _candidates(text: str, digits: int | None) -> Iterable[Candidate]:
    for find in (find_codes, find_codes_explained, find_amounts, find_places):
        yield from find(text)
    yield from find_readings(text, least_digits=digits)


def _weighed(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Keep the higher rank, then the longer, of those that overlap."""
    kept: list[Candidate] = []  # in the order of the text, none overlapping
    for candidate in sorted(candidates, key=lambda c: (-c.rank, c.start - c.end, c.start)):
        place = bisect_left(kept, candidate.start, key=lambda c: c.start)
        after_the_last = place == 0 or kept[place - 1].end <= candidate.start
        before_the_next = place == len(kept) or candidate.end <= kept[place].start
        if after_the_last and before_the_next:
            kept.insert(place, candidate)
    return kept


def mask(text: str, entities: Iterable[Entity], *, start: int, end: int) -> str:
    """Return [start, end) of a text with each entity's value replaced by the name of its kind."""
    pieces, place = [], start
    for entity in sorted(entities, key=lambda e: e.start):
        if place <= entity.start and entity.end <= end:
            pieces += [text[place : entity.start], _MASKS[entity.type]]
            place = entity.end
    return "".join([*pieces, text[place:end]])
