"""Litres a day beside a year ago and the usual, and when it looks like a leak."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sorgente.interfaces.portal.water_use import Stretch, mean_over, use_of


def stretch(start: str, end: str, litres: int) -> Stretch:
    return Stretch(date.fromisoformat(start), date.fromisoformat(end), litres)


def test_beside_the_same_days_a_year_ago():
    use = use_of(
        [stretch("2025-01-01", "2025-03-02", 18_000), stretch("2026-01-01", "2026-03-02", 24_000)],
        persons=2,
        yearly_litres=None,
    )
    assert use is not None
    assert (use.daily, use.a_person, use.year_before, use.change_percent, use.usual) == (400, 200, 300, 33, 300)
    assert not use.looks_like_leak


def test_a_leak_is_more_than_twice_the_usual_and_more_than_a_dripping_tap():
    def leaks(litres: int, yearly: int) -> bool:
        use = use_of([stretch("2026-01-01", "2026-01-11", litres)], persons=None, yearly_litres=yearly)
        assert use is not None
        return use.looks_like_leak

    assert leaks(8_010, 146_000)  # 801 a day, 400 usual
    assert not leaks(8_000, 146_000)  # exactly twice
    assert leaks(1_500, 18_250)  # 150 against 50
    assert not leaks(1_490, 18_250)  # 99 more: a tap


def test_few_days_tell_nothing():
    assert use_of([stretch("2026-01-01", "2026-01-05", 900)], persons=1, yearly_litres=1) is None
    assert use_of([], persons=None, yearly_litres=None) is None


def test_half_of_the_days_must_be_known():
    known = [stretch("2026-01-01", "2026-01-16", 1_500)]
    assert mean_over(known, date(2026, 1, 1), date(2026, 1, 31)) == 100
    assert mean_over(known, date(2026, 1, 1), date(2026, 2, 1)) is None


@given(st.lists(st.integers(1, 90), min_size=1, max_size=12), st.integers(0, 2_000))
def test_even_use_has_the_same_mean_however_it_is_cut(days, daily):
    from datetime import timedelta

    at, cut = date(2025, 1, 1), []
    for length in days:
        cut.append(Stretch(at, at + timedelta(days=length), daily * length))
        at += timedelta(days=length)
    assert mean_over(cut, date(2025, 1, 1), at) == daily
