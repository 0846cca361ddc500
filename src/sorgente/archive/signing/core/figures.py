"""The figures of signing in force on a day, from rules/signing/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sorgente.archive.signing.core.values import Method
from sorgente.tariffs.rules import Rules


@dataclass(frozen=True, slots=True)
class CodeFigures:
    """How one-time codes work: length, life, wrong tries and sendings allowed on one envelope."""

    digits: int
    life: timedelta
    attempts: int
    sends: int


@dataclass(frozen=True, slots=True)
class EnrolmentFigures:
    notice_version: str
    insurance_policy: str


def code_figures(rules: Rules, *, on: date) -> CodeFigures:
    value = rules.value("signing.codes", on=on)
    return CodeFigures(value["digits"], timedelta(minutes=value["minutes"]), value["attempts"], value["sends"])


def envelope_life(rules: Rules, *, method: Method, on: date) -> timedelta:
    return timedelta(hours=rules.value("signing.envelopes", on=on)[f"{method.value}_hours"])


def pairing_life(rules: Rules, *, on: date) -> timedelta:
    return timedelta(minutes=rules.value("signing.envelopes", on=on)["pairing_minutes"])


def shift_life(rules: Rules, *, on: date) -> timedelta:
    return timedelta(hours=rules.value("signing.envelopes", on=on)["shift_hours"])


def enrolment_figures(rules: Rules, *, on: date) -> EnrolmentFigures:
    value = rules.value("signing.enrolment", on=on)
    return EnrolmentFigures(value["notice_version"], value["insurance_policy"])
