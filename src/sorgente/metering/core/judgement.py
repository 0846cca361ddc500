"""Whether a read is accepted, held for a person, refused, or there already: one pass over columns.

refused   it cannot be a read of this register on this day; the line goes to the reject file
held      it may be right: a person looks, with the rule and the figures
repeated  the same read is there already: nothing changes
accepted  billing may use it
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sorgente.metering.core.read_kinds import KINDS, TRUST_BY_CODE

ACCEPTED, HELD, REFUSED, REPEATED = 0, 1, 2, 3

# Rules, as codes in columns. The order is also the order of precedence.
RULES = (
    "",
    "not-installed",
    "in-the-future",
    "too-many-digits",
    "repeated",
    "another-that-day",
    "below-earlier-one",
    "above-later-one",
    "order-of-magnitude",
    "high",
    "low",
    "no-use",
)
CODE = {name: np.int8(code) for code, name in enumerate(RULES)}
_VERDICT = {"not-installed": REFUSED, "in-the-future": REFUSED, "too-many-digits": REFUSED, "repeated": REPEATED}

RADIO, SELF = KINDS.index("radio"), KINDS.index("self")
_DAY_BITS = 20  # days since 1970 fit for 2,870 years
NONE = np.int64(-1)

Long = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Small = npt.NDArray[np.int8]


class Limits(NamedTuple):
    """The figures of rules/metering/read_acceptance.yaml."""

    rollover_window_permille: int
    rollover_largest_use_permille: int
    backwards_step_milli: int
    high_permille: int
    low_permille: int
    from_milli_per_day: int
    high_low_min_days: int
    self_read_magnitude: int
    self_read_magnitude_from_milli: int
    zero_days: int


class NewReads(NamedTuple):
    """Reads to judge, (n,) each, at most one per register."""

    register_id: Long
    day: Long  # since 1970, >= 0
    index_milli: Long
    kind: Small  # place in KINDS
    digits: Long
    installed_day: Long  # NONE: not installed at all that day
    ca_milli: Long  # NONE: unknown
    forced_turn: Bools  # a person says that the register started again


class History(NamedTuple):
    """Accepted reads of the same registers, sorted by register and day."""

    register_id: Long
    day: Long
    index_milli: Long
    running_milli: Long
    kind: Small
    read_id: Long


class Verdicts(NamedTuple):
    """One verdict per new read, with the figures it rests on."""

    verdict: Small
    rule: Small  # place in RULES
    running_milli: Long
    replaces: Long  # id of a less trusted read of that day which this one takes the place of, or NONE
    against_milli: Long  # index, or daily use, that the rule compared with; NONE when it compared nothing
    against_day: Long  # day of the read it compared with, or NONE
    daily_milli: Long  # daily use since the read high and low look back to, or NONE


def key_of(register_id: Long, day: Long) -> Long:
    """Return one ascending number for register and day."""
    return (register_id << _DAY_BITS) + day


def judge(new: NewReads, history: History, limits: Limits, *, today: int) -> Verdicts:
    """Return the verdict on each new read.

    today  day since 1970 on which the reads arrived
    """
    keys = key_of(history.register_id, history.day)
    own = key_of(new.register_id, new.day)
    at = np.searchsorted(keys, own, side="left")
    same = _points_at(history, at, new.register_id) & (_take(history.day, at) == new.day)
    before = at - 1
    has_before = _points_at(history, before, new.register_id)
    after = np.searchsorted(keys, own, side="right")
    has_after = _points_at(history, after, new.register_id)

    size = new.day.size
    rule = np.zeros(size, dtype=np.int8)
    against = np.full(size, NONE)
    against_day = np.full(size, NONE)

    def say(name: str, where: Bools, compared: Long | None = None, of_day: Long | None = None) -> None:
        fresh = where & (rule == 0)
        rule[fresh] = CODE[name]
        if compared is not None:
            against[fresh] = compared[fresh]
        if of_day is not None:
            against_day[fresh] = of_day[fresh]

    turn = np.power(10, new.digits) * 1000
    say("not-installed", (new.installed_day == NONE) | (new.day < new.installed_day))
    say("in-the-future", new.day > today)
    say("too-many-digits", (new.index_milli >= turn) | (new.index_milli < 0), turn)

    there_index, there_kind = _take(history.index_milli, at), _take(history.kind, at)
    better = TRUST_BY_CODE[new.kind] < TRUST_BY_CODE[there_kind]
    # Radio sends many telegrams a day: the first that arrives is the read of the day.
    again = same & ((there_index == new.index_milli) | ((new.kind == RADIO) & (there_kind == RADIO))) & ~better
    say("repeated", again, there_index, new.day)
    say("another-that-day", same & ~better, there_index, new.day)
    replaces = np.where(same & better, _take(history.read_id, at), NONE)

    before_index, before_day = _take(history.index_milli, before), _take(history.day, before)
    running, backwards = _running(new, turn, before_index, _take(history.running_milli, before), has_before, limits)
    say("below-earlier-one", backwards, before_index, before_day)
    after_running = _take(history.running_milli, after)
    say("above-later-one", has_after & (running > after_running), _take(history.index_milli, after),
        _take(history.day, after))  # fmt: skip
    far = (new.kind == SELF) & has_before & (before_index >= limits.self_read_magnitude_from_milli)
    far &= new.index_milli >= limits.self_read_magnitude * before_index
    say("order-of-magnitude", far, before_index, before_day)

    daily, expected, back_day = _daily_use(new, history, keys, running, limits)
    compared = (daily != NONE) & (expected != NONE)
    say("high", compared & (daily > limits.from_milli_per_day) & (1000 * daily > limits.high_permille * expected),
        expected, back_day)  # fmt: skip
    say("low", compared & (expected > limits.from_milli_per_day) & (1000 * daily < limits.low_permille * expected)
        & (daily > 0), expected, back_day)  # fmt: skip
    still = has_before & (running == _take(history.running_milli, before))
    say("no-use", still & (new.day - _unmoved_since(history, before, new) >= limits.zero_days), before_index,
        _unmoved_since(history, before, new))  # fmt: skip

    verdict = np.full(size, HELD, dtype=np.int8)
    verdict[(rule == 0) | (rule == CODE["no-use"])] = ACCEPTED
    for name, outcome in _VERDICT.items():
        verdict[rule == CODE[name]] = outcome
    return Verdicts(verdict, rule, running, replaces, against, against_day, daily)


def _points_at(history: History, at: Long, register_id: Long) -> Bools:
    inside = (at >= 0) & (at < history.register_id.size)
    found = np.zeros(at.size, dtype=bool)
    found[inside] = history.register_id[at[inside]] == register_id[inside]
    return found


def _take(column: npt.NDArray[np.integer], at: Long) -> npt.NDArray[np.int64]:
    """Return column[at]; whatever stands at the edge where `at` points outside (callers mask it)."""
    if column.size == 0:
        return np.zeros(at.size, dtype=np.int64)
    return column[np.clip(at, 0, column.size - 1)].astype(np.int64)


def _running(
    new: NewReads, turn: Long, before_index: Long, before_running: Long, has_before: Bools, limits: Limits
) -> tuple[Long, Bools]:
    """Return (index plus full turns, goes backwards)."""
    turns = np.where(has_before, (before_running // turn) * turn, 0)
    running = new.index_milli + turns
    below = has_before & (running < before_running)
    used = running + turn - before_running
    near_the_end = 1000 * before_index >= (1000 - limits.rollover_window_permille) * turn
    turned = below & (near_the_end & (1000 * used <= limits.rollover_largest_use_permille * turn) | new.forced_turn)
    running = np.where(turned, running + turn, running)
    below &= ~turned
    by_eye = (new.index_milli % 1000 == 0) & (before_index % 1000 != 0)
    rounding = below & by_eye & (before_running - running < limits.backwards_step_milli)
    return np.where(rounding, before_running, running), below & ~rounding


def _daily_use(new: NewReads, history: History, keys: Long, running: Long, limits: Limits) -> tuple[Long, Long, Long]:
    """Return (daily use, daily use expected, day looked back to); NONE where there is nothing to compare."""
    back = np.searchsorted(keys, key_of(new.register_id, new.day - limits.high_low_min_days), side="right") - 1
    # What the register showed at another place, with other people, says nothing here.
    has_back = _points_at(history, back, new.register_id) & (_take(history.day, back) >= new.installed_day)
    back_day = np.where(has_back, _take(history.day, back), NONE)
    days = np.where(has_back, new.day - back_day, 1)
    daily = np.where(has_back, (running - _take(history.running_milli, back)) // days, NONE)
    season_end, end_known = _interpolated(history, keys, new.register_id, new.day - 365)
    season_start, start_known = _interpolated(history, keys, new.register_id, back_day - 365)
    season = has_back & end_known & start_known & (back_day - 365 >= new.installed_day)
    expected = np.where(new.ca_milli >= 0, new.ca_milli // 365, NONE)
    expected = np.where(season, (season_end - season_start) // days, expected)
    return np.where(daily < 0, NONE, daily), expected, back_day


def _interpolated(history: History, keys: Long, register_id: Long, day: Long) -> tuple[Long, Bools]:
    """Return (running index on a day, known): on the straight line between the reads around it."""
    left = np.searchsorted(keys, key_of(register_id, day), side="right") - 1
    has_left = _points_at(history, left, register_id)
    exact = has_left & (_take(history.day, left) == day)
    right = np.where(exact, left, left + 1)
    known = has_left & _points_at(history, right, register_id)
    day_left, run_left = _take(history.day, left), _take(history.running_milli, left)
    span = np.maximum(_take(history.day, right) - day_left, 1)
    return run_left + (_take(history.running_milli, right) - run_left) * (day - day_left) // span, known


def _unmoved_since(history: History, before: Long, new: NewReads) -> Long:
    """Return the day of the earliest read in a row that shows the same as the one before the new read."""
    if history.day.size == 0:
        return new.day
    starts = np.ones(history.day.size, dtype=bool)
    starts[1:] = (history.register_id[1:] != history.register_id[:-1]) | (np.diff(history.running_milli) != 0)
    first = np.maximum.accumulate(np.where(starts, np.arange(starts.size), 0))
    return np.where(_points_at(history, before, new.register_id), history.day[_take(first, before)], new.day)
