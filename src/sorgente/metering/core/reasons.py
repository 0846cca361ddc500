"""Why a read is held or refused, in words, with the figures; and what to do next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sorgente.metering.core.judgement import NONE, RULES, Limits


class Reason(NamedTuple):
    rule: str
    facts: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.facts}"


_NEXT = {
    "not-installed": "Check the serial and the day; record the installation if it is missing.",
    "in-the-future": "Correct the day of the read.",
    "too-many-digits": "Copy the digits again; correct the number of digits of the register if it is wrong.",
    "repeated": "Nothing to do.",
    "another-that-day": "Decide which one holds: release this one or discard it.",
    "below-earlier-one": "If the meter was replaced, record the replacement first; if it started again from zero,"
    " release the read saying so; otherwise discard it.",
    "above-later-one": "Compare with the later read: one of the two is wrong.",
    "order-of-magnitude": "Ask the customer for a photograph.",
    "high": "Look for a leak or a misread digit; release the read if it is right.",
    "low": "Look for an empty home, a stopped meter or a misread digit; release the read if it is right.",
    "no-use": "Check that the meter turns.",
    "unknown-meter": "Register the meter, or correct the serial in the file.",
}


def number(milli: int) -> str:
    """Return thousandths as units, without useless zeros: 118, 118.432."""
    whole, part = divmod(abs(milli), 1000)
    text = str(whole) if part == 0 else f"{whole}.{part:03d}".rstrip("0")
    return f"-{text}" if milli < 0 else text


def day_of(days_since_1970: int) -> date:
    return date(1970, 1, 1) + timedelta(days=days_since_1970)


def reason_of(
    *,
    rule: int,
    index_milli: int,
    day: int,
    digits: int,
    against_milli: int,
    against_day: int,
    daily_milli: int,
    limits: Limits,
) -> Reason:
    """Return the rule's name, what was found, and what to do."""
    name = RULES[rule]
    shown, on = number(index_milli), day_of(day)
    other = number(against_milli) if against_milli != NONE else ""
    other_on = day_of(against_day) if against_day != NONE else None
    facts = {
        "not-installed": f"the register was installed nowhere on {on}.",
        "in-the-future": f"{on} has not come yet.",
        "too-many-digits": f"{shown} does not fit {digits} digits.",
        "repeated": f"{other} on {other_on} is there already.",
        "another-that-day": f"{shown} against {other} accepted for the same day, {other_on}.",
        "below-earlier-one": f"{shown} on {on} is below {other} on {other_on}.",
        "above-later-one": f"{shown} on {on} is above {other} on {other_on}.",
        "order-of-magnitude": f"{shown} on {on} is {limits.self_read_magnitude} times {other} on {other_on} or more.",
        "high": f"{daily_milli} l/day since {other_on}, {against_milli} expected.",
        "low": f"{daily_milli} l/day since {other_on}, {against_milli} expected.",
        "no-use": f"{shown} since {other_on}.",
    }
    return Reason(name, facts.get(name, ""), _NEXT.get(name, ""))


def unknown_meter(serial: str) -> Reason:
    return Reason("unknown-meter", f"no meter has the serial {serial!r}.", _NEXT["unknown-meter"])
