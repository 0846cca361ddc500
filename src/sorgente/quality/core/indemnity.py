"""What a missed standard is worth to the customer, and when it is not due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sorgente.quality.core.standards import Progression, Standard
from sorgente.tariffs.rules import rules


class Cause(StrEnum):
    """Who or what a performance out of standard is put down to (RQSII art. 73, reported by art. 77)."""

    OPERATOR = "operator"
    FORCE_MAJEURE = "force_majeure"
    THIRD_PARTY = "third_party"  # the customer himself or a third party


class Exclusion(StrEnum):
    """Why no indemnity is due although the standard was missed."""

    FORCE_MAJEURE = "force_majeure"
    THIRD_PARTY = "third_party"
    YEAR_CAP = "year_cap"
    CANCELLED = "cancelled"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Scale:
    """The base amount and how often it is due: (beyond this many times the level, this many times the base)."""

    base_cents: int
    times: tuple[tuple[int, int], ...]


def scale(*, on: date) -> Scale:
    found = rules().value("arera.quality.indemnity", on=on)
    return Scale(int(found["base_cents"]), tuple((int(over), int(times)) for over, times in found["times"]))


def indemnity_cents(standard: Standard, amount: int, *, scale: Scale, level_amount: int | None = None) -> int:
    """Return the indemnity of a performance that took `amount`, in the standard's own counting; 0 within standard.

    amount        days, whole seconds, or things: as `elapsed` gives it
    level_amount  a stricter level promised for this performance, else the standard's
    """
    if not standard.is_specific or standard.is_within(amount, level_amount=level_amount):
        return 0
    if standard.progression is Progression.FLAT:
        return scale.base_cents
    level = standard.level_amount if level_amount is None else level_amount
    return scale.base_cents * max(times for over, times in scale.times if amount > over * level)


def exclusion_of(cause: Cause, *, in_year: int, most_in_year: int) -> Exclusion | None:
    """Return why the indemnity is not due, or None.

    in_year       indemnities the customer has for the same standard in the same calendar year
    most_in_year  rules: arera.quality.indemnity_cap
    """
    if cause is Cause.FORCE_MAJEURE:
        return Exclusion.FORCE_MAJEURE
    if cause is Cause.THIRD_PARTY:
        return Exclusion.THIRD_PARTY
    return Exclusion.YEAR_CAP if in_year >= most_in_year else None
