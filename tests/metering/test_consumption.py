"""Consumption, estimates and Ca: the golden cases, and laws."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sorgente.metering.adapters.limits import read_limits
from sorgente.metering.core.consumption import annual_columns, estimate_milli, turn_milli
from sorgente.metering.core.judgement import NONE, History, NewReads, judge
from sorgente.metering.core.read_kinds import KINDS

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases/metering/consumption.yaml").read_text(encoding="utf-8"))
EPOCH = date(1970, 1, 1)


def annual(measures, trend="1", registers=None):
    days = np.array([(day - EPOCH).days for day in measures])
    running = np.array(list(measures.values())) * 1000
    return annual_columns(
        np.ones(days.size, np.int64),
        np.ones(days.size, np.int64) if registers is None else np.array(registers),
        days,
        running,
        min_days_apart=300,
        trend=Decimal(trend),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_golden(case):
    given, expect = case["given"], case["expect"]
    if case["compute"] == "annual":
        found = annual(given["measures"], given["trend"])
        if expect["ca_milli"] is None:
            assert found.service_point_id.size == 0
        else:
            assert found.ca_milli.tolist() == [expect["ca_milli"]]
            assert [found.earlier_day[0], found.later_day[0]] == [
                (expect[name] - EPOCH).days for name in ("earlier_on", "later_on")
            ]
    elif case["compute"] == "estimate":
        days = (given["to"] - given["from"]).days
        assert estimate_milli(np.array([given["ca_milli"]]), np.array([days])).tolist() == [expect["milli"]]
    else:
        assert passed(given["earlier_milli"], given["later_milli"], given["digits"]) == expect["milli"]


def passed(earlier_milli, later_milli, digits, *, turns=0):
    """Return what metering says passed between two reads a quarter apart; a person has seen any start from zero."""
    on = np.array([20_000])
    one, actual = np.ones(1, np.int64), np.array([KINDS.index("reader")], np.int8)
    running = np.array([earlier_milli + turns * turn_milli(digits)])
    history = History(one, on, np.array([earlier_milli]), running, actual, one)
    new = NewReads(
        one,
        on + 90,
        np.array([later_milli]),
        actual,
        digits * one,
        on,
        NONE * one,
        np.array([later_milli < earlier_milli]),
    )
    return int(judge(new, history, read_limits(date(2026, 1, 1)), today=30_000).running_milli[0] - running[0])


def test_ca_adds_up_across_a_replaced_meter():
    # 118 m3 on the old meter, 40 on the new one: 158 m3 in 365 days
    measures = [
        (date(2025, 1, 1), 100, 1),
        (date(2025, 6, 1), 218, 1),
        (date(2025, 6, 1), 7, 2),
        (date(2026, 1, 1), 47, 2),
    ]
    found = annual_columns(
        np.full(4, 9),
        np.array([register for _, _, register in measures]),
        np.array([(day - EPOCH).days for day, _, _ in measures]),
        np.array([index * 1000 for _, index, _ in measures]),
        min_days_apart=300,
        trend=Decimal(1),
    )
    assert found.ca_milli.tolist() == [158_000]


def test_points_do_not_look_into_each_other():
    days = np.array([(date(2025, 1, 1) - EPOCH).days, (date(2026, 1, 1) - EPOCH).days])
    found = annual_columns(
        np.array([1, 2, 2, 3]),
        np.array([1, 2, 2, 3]),
        np.array([days[0], days[0], days[1], days[1]]),
        np.array([0, 10_000, 90_000, 500_000]),
        min_days_apart=300,
        trend=Decimal(1),
    )
    assert found.service_point_id.tolist() == [2]
    assert found.ca_milli.tolist() == [80_000]


def test_nobody_has_no_ca():
    nothing = np.zeros(0, np.int64)
    assert annual_columns(nothing, nothing, nothing, nothing, min_days_apart=300, trend=Decimal(1)).ca_milli.size == 0


@given(st.integers(0, 10**9), st.integers(1, 3_000))
def test_an_estimate_is_ca_by_days_to_the_litre(yearly, days):
    (found,) = estimate_milli(np.array([yearly]), np.array([days])).tolist()
    assert abs(found * 365 - yearly * days) * 2 <= 365


@given(st.integers(4, 8), st.integers(0, 3), st.data())
def test_consumption_undoes_the_turn(digits, turns, data):
    turn = turn_milli(digits)
    earlier = data.draw(st.integers(0, turn - 1))
    used = data.draw(st.integers(0, turn - 1))
    assert passed(earlier, (earlier + used) % turn, digits, turns=turns) == used
