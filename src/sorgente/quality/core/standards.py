"""Service standards as the rules state them: level, unit, how the indemnity grows, and their article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import Rule, rules

_SPECIFIC, _GENERAL = "arera.quality.specific.", "arera.quality.general."
_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}


class UnknownStandard(SorgenteError):
    code = "quality.standard.unknown"


class Unit(StrEnum):
    """What a standard counts."""

    WORKING_DAYS = "working_days"
    FERIALI_DAYS = "feriali_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"
    BILLS = "bills"
    ATTEMPTS = "attempts"
    PERCENT = "percent"

    @property
    def is_days(self) -> bool:
        return self in (Unit.WORKING_DAYS, Unit.FERIALI_DAYS, Unit.CALENDAR_DAYS)

    @property
    def is_time(self) -> bool:
        """Whether it is counted on the clock; elapsed amounts are then whole seconds."""
        return self in (Unit.HOURS, Unit.MINUTES, Unit.SECONDS)


class Progression(StrEnum):
    """How the indemnity grows with the delay; general standards give none."""

    GROWING = "growing"
    FLAT = "flat"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard on one day.

    level             in `unit`
    is_least          the level is a minimum (bills a year), else a maximum
    share_percent     of a general standard: performances that must keep it
    months_in_year    of a general standard measured by month: months that must keep it
    is_mean           of a general standard: the mean of all performances must keep it
    starts_by_request a late request may count as received on the next working day
    """

    code: str
    name: str
    group: str
    level: int
    unit: Unit
    progression: Progression
    cite: str
    verified: bool
    is_least: bool = False
    share_percent: int | None = None
    months_in_year: int | None = None
    is_mean: bool = False
    starts_by_request: bool = False

    @property
    def is_specific(self) -> bool:
        return self.progression is not Progression.NONE

    @property
    def level_amount(self) -> int:
        """The level as elapsed amounts are counted: days, whole seconds, or things."""
        return self.level * _SECONDS.get(self.unit, 1)

    def is_within(self, amount: int, *, level_amount: int | None = None) -> bool:
        """Whether an elapsed amount keeps the standard, or a stricter level promised for this one performance."""
        level = self.level_amount if level_amount is None else level_amount
        return amount >= level if self.is_least else amount <= level


@dataclass(frozen=True, slots=True)
class LateArrival:
    """The hour after which a request may count as received on the next working day."""

    after: time
    used: bool


def standard(code: str, *, on: date) -> Standard:
    """Return the standard in force on a day, "S12" or "G08"; raises UnknownStandard, NoValue."""
    known = {str(rule.fields["indicator"]): rule for rule in _rules()}
    if code not in known:
        raise UnknownStandard(
            f"Standard {code}",
            "The rules know no such standard.",
            "Choose one of sorgente rules show --id arera.quality.",
        )
    return _standard(known[code], on)


def standards(*, on: date) -> list[Standard]:
    """Return every standard in force on a day, specific ones first."""
    return [_standard(rule, on) for rule in _rules() if rule.entries[0].start <= on]


def late_arrival(*, on: date) -> LateArrival:
    found = rules().value("arera.quality.late_arrival", on=on)
    return LateArrival(time.fromisoformat(found["after"]), bool(found["used"]))


def _rules() -> list[Rule]:
    return [*rules().under(_SPECIFIC), *rules().under(_GENERAL)]


def _standard(rule: Rule, on: date) -> Standard:
    entry = rule.on(on)
    said = entry.value
    return Standard(
        code=str(rule.fields["indicator"]),
        name=str(rule.fields["name"]),
        group=str(rule.fields["group"]),
        level=int(said["level"]),
        unit=Unit(said["unit"]),
        progression=Progression(said.get("progression", Progression.NONE)),
        cite=entry.cited(),
        verified=entry.verified,
        is_least=said.get("sense") == "least",
        share_percent=said.get("share_percent"),
        months_in_year=said.get("months_in_year"),
        is_mean=said.get("measured") == "mean",
        starts_by_request=bool(said.get("starts_by_request")),
    )
