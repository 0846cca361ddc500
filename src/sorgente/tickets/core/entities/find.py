"""All entities of a message, rivals weighed; and the message with them masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sorgente.tickets.core.entities.candidate import weighed
from sorgente.tickets.core.entities.chooser import Chooser
from sorgente.tickets.core.entities.patterns import find_candidates
from sorgente.tickets.core.entities.readings import BARE_RANK
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
    message: Message,
    segments: Sequence[Segment] | None = None,
    *,
    bare_reading_digits: int | None = None,
    chooser: Chooser | None = None,
) -> list[Entity]:
    """Return the entities of subject and body, in the order of the text.

    bare_reading_digits  how long a bare number of the body must be to be a reading, where readings are expected
    chooser              decides what each number is; without one the patterns do
    """
    parts = segment(message.body) if segments is None else segments
    quotes = [(part.start, part.end) for part in parts if part.kind == QUOTE]
    whole = f"{message.subject}\n{message.body}"
    found = []
    for where, text in (("subject", message.subject), ("body", message.body)):
        digits = bare_reading_digits if where == "body" else None
        candidates = find_candidates(text, bare_reading_digits=digits)
        if chooser is None:
            kept = weighed(candidates)
        else:
            expected = bare_reading_digits is not None
            kept = chooser.choose(text, candidates, whole=whole, readings_expected=expected)
        for candidate in kept:
            quoted = where == "body" and any(start <= candidate.start < end for start, end in quotes)
            if quoted and candidate.rank <= BARE_RANK and chooser is None:
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


def mask(text: str, entities: Iterable[Entity], *, start: int, end: int) -> str:
    """Return [start, end) of a text with each entity's value replaced by the name of its kind."""
    pieces, place = [], start
    for entity in sorted(entities, key=lambda e: e.start):
        if place <= entity.start and entity.end <= end:
            pieces += [text[place : entity.start], _MASKS[entity.type]]
            place = entity.end
    return "".join([*pieces, text[place:end]])
