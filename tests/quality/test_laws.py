"""What holds for every clock and every indemnity."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from sorgente.quality.core import clock
from sorgente.quality.core.clock import Pause
from sorgente.quality.core.indemnity import indemnity_cents, scale
from sorgente.quality.core.standards import late_arrival, standard
from sorgente.shared.calendar import calendar

ROME = ZoneInfo("Europe/Rome")
DAY = date(2026, 1, 1)
DAYS = calendar()
LATE = late_arrival(on=DAY)

codes = st.sampled_from(["S10", "S11", "S12", "S16", "S23", "S25"])
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=ROME))  # noqa: DTZ001
gaps = st.tuples(st.integers(0, 40), st.integers(0, 40))


def _pauses(started: datetime, hours: list[tuple[int, int]]) -> list[Pause]:
    found, at = [], started
    for before, length in hours:
        at += timedelta(hours=before)
        found.append(Pause(at, at + timedelta(hours=length)))
        at += timedelta(hours=length)
    return found


@given(code=codes, start=instants, first=st.integers(0, 400), more=st.integers(0, 400))
def test_more_days_never_less_indemnity(code, start, first, more):
    found, amounts = standard(code, on=DAY), scale(on=DAY)
    sooner = indemnity_cents(found, first, scale=amounts)
    assert sooner <= indemnity_cents(found, first + more, scale=amounts)
    assert sooner in {0, 3000, 6000, 9000}


@given(code=codes, start=instants, length=st.integers(0, 200), more=st.integers(0, 200))
def test_a_later_end_never_takes_less_time(code, start, length, more):
    found = standard(code, on=DAY)
    ends = [start + timedelta(hours=hours) for hours in (length, length + more)]
    sooner, later = (clock.elapsed(found, start, end, days=DAYS, late=LATE) for end in ends)
    assert 0 <= sooner <= later


@given(code=codes, start=instants, hours=st.lists(gaps, max_size=4))
def test_suspensions_never_shorten_the_deadline(code, start, hours):
    found = standard(code, on=DAY)
    plain = clock.deadline(found, start, days=DAYS, late=LATE)
    paused = clock.deadline(found, start, pauses=_pauses(start, hours), days=DAYS, late=LATE)
    assert paused.timestamp() >= plain.timestamp()


@settings(max_examples=200)
@given(code=codes, start=instants, hours=st.lists(gaps, max_size=3), off=st.integers(-100, 300))
def test_in_standard_until_the_deadline_and_out_of_it_after_the_next_day_that_counts(code, start, hours, off):
    found, pauses = standard(code, on=DAY), _pauses(start, hours)
    due = clock.deadline(found, start, pauses=pauses, days=DAYS, late=LATE)
    end = datetime.fromtimestamp(max(due.timestamp() + 3600 * off, start.timestamp()), tz=ROME)
    amount = clock.elapsed(found, start, end, pauses=pauses, days=DAYS, late=LATE)
    if end.timestamp() < due.timestamp():
        assert found.is_within(amount)
    # A day that does not count, after the deadline, adds nothing; whole seconds are counted, so that one is no delay.
    week = timedelta(days=7) if found.unit.is_days else timedelta(seconds=1)
    if end.timestamp() > due.timestamp() + week.total_seconds() and not any(pause.end > due for pause in pauses):
        assert not found.is_within(amount)


@given(start=instants, lengths=st.tuples(st.integers(0, 90), st.integers(0, 90)))
def test_working_days_add_up(start, lengths):
    found = standard("S25", on=DAY)
    middle = start + timedelta(days=lengths[0])
    end = middle + timedelta(days=lengths[1])
    parts = [(start, middle), (middle, end), (start, end)]
    one, other, both = (clock.elapsed(found, left, right, days=DAYS, late=LATE) for left, right in parts)
    assert one + other == both


@given(code=codes, start=instants, hours=st.lists(gaps, max_size=3), length=st.integers(0, 400))
def test_suspensions_never_add_time(code, start, hours, length):
    found, end = standard(code, on=DAY), start + timedelta(hours=length)
    plain = clock.elapsed(found, start, end, days=DAYS, late=LATE)
    assert clock.elapsed(found, start, end, pauses=_pauses(start, hours), days=DAYS, late=LATE) <= plain
