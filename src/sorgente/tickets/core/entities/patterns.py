"""What the patterns find in a text, rivals included."""

from __future__ import annotations

from sorgente.tickets.core.entities.amounts import find_amounts
from sorgente.tickets.core.entities.candidate import Candidate
from sorgente.tickets.core.entities.codes import find_codes
from sorgente.tickets.core.entities.explained import find_codes_explained
from sorgente.tickets.core.entities.places import find_places
from sorgente.tickets.core.entities.readings import find_readings


def find_candidates(text: str, *, bare_reading_digits: int | None) -> list[Candidate]:
    """Return every candidate of a text.

    bare_reading_digits  how long a bare number must be to be a reading, where readings are expected; or None
    """
    found = [one for find in (find_codes, find_codes_explained, find_amounts, find_places) for one in find(text)]
    return [*found, *find_readings(text, least_digits=bare_reading_digits)]
