"""What a person's tax code tells: when and where they were born."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_OF_AGE = 18


@dataclass(frozen=True, slots=True)
class Birth:
    """`place` is the municipality or the country, with its province where it has one; empty when not known."""

    born_on: date
    place: str
    female: bool


def birth_told(code: str, *, on: date) -> Birth:
    """Return the birth a valid 16-character tax code tells, of somebody of age on a day (two digits tell no century).

    source  DM 23/12/1976, through python-codicefiscale
    """
    from codicefiscale import codicefiscale

    told = codicefiscale.decode(code)
    day = told["birthdate"].date()
    year = on.year // 100 * 100 + day.year % 100
    while (year + _OF_AGE, day.month, day.day) > (on.year, on.month, on.day):
        year -= 100
    place = told["birthplace"] or {}
    name, province = place.get("name", ""), place.get("province", "")
    return Birth(date(year, day.month, day.day), f"{name} ({province})" if province else name, told["gender"] == "F")
