"""Half-open periods: neighbours touch, pieces partition the whole."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.shared.period import EmptyPeriod, Period

days = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@st.composite
def periods(draw, *, may_be_open: bool = True):
    start = draw(days)
    if may_be_open and draw(st.booleans()):
        return Period(start)
    return Period(start, start + timedelta(days=draw(st.integers(1, 4000))))


def test_a_quarter():
    quarter = Period(date(2026, 1, 1), date(2026, 4, 1))
    assert quarter.days == 90
    assert quarter.latest_day == date(2026, 3, 31)
    assert date(2026, 1, 1) in quarter
    assert date(2026, 4, 1) not in quarter


def test_an_open_period_has_no_length_and_no_latest_day():
    running = Period(date(2026, 1, 1))
    assert running.latest_day is None
    assert date(9999, 12, 31) in running
    with pytest.raises(ValueError, match="has no end"):
        _ = running.days


@pytest.mark.parametrize("end", [date(2026, 1, 1), date(2025, 12, 31)])
def test_a_period_has_a_day(end):
    with pytest.raises(EmptyPeriod):
        Period(date(2026, 1, 1), end)


@given(period=periods(may_be_open=False), cuts=st.lists(days, max_size=12))
def test_pieces_partition_the_whole(period, cuts):
    pieces = period.split_at(cuts)
    assert pieces[0].start == period.start
    assert pieces[-1].end == period.end
    assert all(left.end == right.start for left, right in pairwise(pieces))
    assert sum(piece.days for piece in pieces) == period.days
    assert {piece.start for piece in pieces[1:]} == {c for c in cuts if period.start < c and c in period}


@given(period=periods(), cuts=st.lists(days, max_size=6), day=days)
def test_each_day_lies_in_exactly_one_piece(period, cuts, day):
    assert sum(day in piece for piece in period.split_at(cuts)) == (day in period)


@given(one=periods(), other=periods(), day=days)
def test_the_cut_holds_the_days_of_both(one, other, day):
    both = one.cut(other)
    assert both == other.cut(one)
    assert (both is not None and day in both) == (day in one and day in other)
    assert one.overlaps(other) == (both is not None)


@given(period=periods(may_be_open=False))
def test_neighbours_touch_without_overlap(period):
    after = Period(period.end)
    assert not period.overlaps(after)
    assert period.latest_day + timedelta(days=1) == after.start
    assert period.cut(period) == period
