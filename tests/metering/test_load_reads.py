"""Many reads at once: what is accepted, held, refused, repeated, and what is written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection, transaction

from sorgente.metering.core.judgement import ACCEPTED, HELD, REFUSED, REPEATED, RULES
from sorgente.metering.models import Read, ReadChange
from sorgente.metering.queries import billing_reads
from sorgente.metering.usecases.load_reads import load_reads
from tests.metering.builders import count_reads, make_metered_points, put_reads

pytestmark = pytest.mark.django_db

START = date(2025, 1, 1)
NOW = datetime(2026, 7, 2, tzinfo=UTC)


@pytest.fixture
def meter():
    """One meter with a year of reads: 10 m3 a month, 329 litres a day."""
    points, registers = make_metered_points(1, installed_on=START)
    for month in range(13):
        put_reads(registers, START + timedelta(days=round(365 / 12 * month)), np.array([10_000 * month]))
    return points[0], registers[0]


def load(register, *reads, kind="reader", at=NOW, **more):
    """Load (day, cubic metres) of one register."""
    return load_reads(
        register_id=np.full(len(reads), register),
        read_on=np.array([day for day, _ in reads], dtype="datetime64[D]"),
        index_milli=np.array([round(index * 1000) for _, index in reads]),
        kind=kind,
        received_at=at,
        **more,
    )


def only(loaded):
    assert loaded.verdict.size == 1
    return int(loaded.verdict[0]), RULES[int(loaded.rule[0])]


@pytest.mark.parametrize(
    ("day", "index", "verdict", "rule"),
    [
        (date(2026, 1, 31), 130, ACCEPTED, ""),
        (date(2024, 12, 31), 0, REFUSED, "not-installed"),
        (date(2026, 7, 3), 180, REFUSED, "in-the-future"),
        (date(2026, 7, 2), 180, ACCEPTED, ""),
        (date(2026, 1, 31), 100_000, REFUSED, "too-many-digits"),
        (date(2026, 1, 1), 120, REPEATED, "repeated"),
        (date(2026, 1, 1), 121, HELD, "another-that-day"),
        (date(2026, 1, 31), 119.9, HELD, "below-earlier-one"),
        (date(2025, 12, 20), 121, HELD, "above-later-one"),
        (date(2025, 12, 20), 117, ACCEPTED, ""),
        # 30 days from 1 January, where a year before 10 m3 passed: 2.5 times is 25
        (date(2026, 1, 31), 120 + 24.9, ACCEPTED, ""),
        (date(2026, 1, 31), 120 + 25.1, HELD, "high"),
        # 90 days from 1 January, the same season a year before took 29.6 m3: 2.5 times is 74.0, 0.3 times 8.9
        (date(2026, 4, 1), 120 + 73.9, ACCEPTED, ""),
        (date(2026, 4, 1), 120 + 74.2, HELD, "high"),
        (date(2026, 4, 1), 120 + 9.0, ACCEPTED, ""),
        (date(2026, 4, 1), 120 + 8.7, HELD, "low"),
        (date(2026, 3, 31), 120, ACCEPTED, ""),
        (date(2026, 4, 1), 120, ACCEPTED, "no-use"),
    ],
)
def test_each_rule_on_its_threshold(meter, day, index, verdict, rule):
    assert only(load(meter[1], (day, index))) == (verdict, rule)


def test_a_fleet_read_often_and_one_read_seldom_are_judged_alike(meter):
    """The windows of the mass path and the whole history of the others give the same verdicts."""
    _, registers = make_metered_points(40, installed_on=START)
    draw = np.random.default_rng(3)
    index = np.zeros(40, dtype=np.int64)
    for month in range(15):
        put_reads(registers, START + timedelta(days=30 * month), index)
        index = index + draw.integers(0, 20_000, 40)
    day = START + timedelta(days=30 * 15)
    new = {"register_id": registers, "read_on": np.full(40, np.datetime64(day, "D")), "kind": "radio", "dry_run": True}
    windows = load_reads(index_milli=index, received_at=NOW, **new)
    far_back = {**new, "read_on": np.where(np.arange(40) == 0, np.datetime64(START), new["read_on"])}
    whole = load_reads(index_milli=index, received_at=NOW, **far_back)  # a day so early opens the window on everything
    assert windows.rule[1:].tolist() == whole.rule[1:].tolist()
    assert {RULES[rule] for rule in windows.rule} >= {"", "high", "low"}


def test_a_held_read_says_why_and_waits(meter):
    load(meter[1], (date(2026, 4, 1), 500))
    read = Read.objects.get(state="held")
    assert read.reason == "high: 4222 l/day since 2026-01-01, 329 expected."
    points = billing_reads(service_point_ids=np.array([meter[0]]), since=START, through=date(2026, 12, 31))
    assert points.num_rows == 13


def test_the_same_reads_twice_change_nothing(meter):
    reads = [(date(2026, 1, 31), 130), (date(2026, 4, 1), 500), (date(2026, 4, 2), 501)]
    first = load(meter[1], *reads)
    before = count_reads()
    again = load(meter[1], *reads)
    assert (first.accepted, first.held) == (1, 2)
    assert (again.repeated, again.accepted, again.held) == (3, 0, 0)
    assert count_reads() == before


def test_a_read_once_discarded_does_not_come_back(meter):
    load(meter[1], (date(2026, 4, 1), 500))
    Read.objects.filter(state="held").update(state="discarded")
    assert load(meter[1], (date(2026, 4, 1), 500)).repeated == 1


def test_reads_of_one_register_are_judged_one_after_the_other(meter):
    days = [date(2026, 1, 31), date(2026, 3, 2), date(2026, 4, 1)]
    loaded = load(meter[1], *zip(days[::-1], [150, 140, 130], strict=True))
    assert loaded.accepted == 3
    late = load(meter[1], (date(2026, 5, 1), 160), (date(2026, 5, 2), 159.9))
    assert [RULES[rule] for rule in late.rule] == ["", "below-earlier-one"]


def test_the_register_starts_again_from_zero():
    _, registers = make_metered_points(1, installed_on=START, digits=4)
    put_reads(registers, START, np.array([9_980_000]))
    assert load(registers[0], (date(2025, 3, 1), 15)).accepted == 1
    read = Read.objects.latest("id")
    assert (read.index_milli, read.running_milli) == (15_000, 10_015_000)
    assert load(registers[0], (date(2025, 5, 1), 45)).accepted == 1
    assert Read.objects.latest("id").running_milli == 10_045_000


@pytest.mark.parametrize(("earlier", "rule"), [(9_499, "below-earlier-one"), (9_500, "")])
def test_a_turn_is_believed_within_five_per_cent_of_the_end(earlier, rule):
    _, registers = make_metered_points(1, installed_on=START, digits=4)
    put_reads(registers, START, np.array([earlier * 1000]))
    assert only(load(registers[0], (date(2025, 3, 1), 15)))[1] == rule


def test_a_misread_near_the_end_is_no_turn():
    _, registers = make_metered_points(1, installed_on=START, digits=4)
    put_reads(registers, START, np.array([9_800_000]))
    assert only(load(registers[0], (date(2025, 3, 1), 9_700)))[1] == "below-earlier-one"


def test_a_person_may_say_that_it_turned():
    _, registers = make_metered_points(1, installed_on=START, digits=4)
    put_reads(registers, START, np.array([9_000_000]))
    loaded = load(registers[0], (date(2025, 12, 1), 15), forced_turn=np.array([True]))
    assert loaded.running_milli.tolist() == [10_015_000]


def test_whole_metres_read_by_eye_may_round_a_radio_read_down():
    _, registers = make_metered_points(1, installed_on=START)
    put_reads(registers, START, np.array([118_432]), kind="radio")
    assert load(registers[0], (date(2025, 3, 1), 118)).accepted == 1
    assert Read.objects.latest("id").running_milli == 118_432
    assert only(load(registers[0], (date(2025, 3, 2), 117)))[1] == "below-earlier-one"


def test_a_better_read_of_the_day_takes_the_place_of_an_estimate(meter):
    load(meter[1], (date(2026, 1, 31), 131), kind="estimate")
    assert load(meter[1], (date(2026, 1, 31), 130)).accepted == 1
    change = ReadChange.objects.get()
    assert (change.read.kind, change.read.state, change.to_state) == ("estimate", "discarded", "discarded")
    assert only(load(meter[1], (date(2026, 1, 31), 132), kind="self")) == (HELD, "another-that-day")


def test_radio_tells_the_day_once(meter):
    assert load(meter[1], (date(2026, 1, 31), 130.001), (date(2026, 1, 31), 130.044), kind="radio").accepted == 1
    assert Read.objects.latest("id").index_milli == 130_001


def test_a_self_read_ten_times_too_high_is_held():
    _, registers = make_metered_points(1, installed_on=START)
    put_reads(registers, START, np.array([100_000]))
    assert only(load(registers[0], (date(2025, 1, 8), 999.999), kind="self"))[1] == ""
    assert only(load(registers[0], (date(2025, 1, 9), 9_999.99), kind="self", dry_run=True))[1] == "order-of-magnitude"


def test_without_a_season_the_annual_consumption_is_the_measure():
    points, registers = make_metered_points(1, installed_on=START)
    put_reads(registers, START, np.array([0]))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metering_annualconsumption (service_point_id, year, quantity_milli, basis, computed_on)"
            " VALUES (%s, 2025, 146000, 'class', '2024-07-31')",
            [int(points[0])],
        )
    assert only(load(registers[0], (date(2025, 4, 11), 100), dry_run=True)) == (ACCEPTED, "")  # 1.0 against 0.4 m3/day
    assert only(load(registers[0], (date(2025, 4, 11), 101), dry_run=True)) == (HELD, "high")


def test_an_unknown_register_is_refused_and_does_not_stop_the_rest(meter):
    loaded = load_reads(
        register_id=np.array([meter[1], 10**9]),
        read_on=np.array(["2026-01-31", "2026-01-31"], dtype="datetime64[D]"),
        index_milli=np.array([130_000, 130_000]),
        kind="reader",
        received_at=NOW,
    )
    assert loaded.verdict.tolist() == [ACCEPTED, REFUSED]
    assert loaded.reasons[1].rule == "not-installed"


def test_nothing_to_load_and_columns_that_do_not_fit():
    nothing = np.zeros(0, np.int64)
    others = {"read_on": nothing.astype("datetime64[D]"), "index_milli": nothing, "kind": "radio", "received_at": NOW}
    assert load_reads(register_id=nothing, **others).accepted == 0
    with pytest.raises(ValueError, match="1 registers, 0 days"):
        load_reads(register_id=np.ones(1, np.int64), **others)


def test_a_dry_run_writes_nothing(meter):
    before = count_reads()
    assert load(meter[1], (date(2026, 1, 31), 130), dry_run=True).accepted == 1
    assert count_reads() == before


def test_it_insists_on_a_transaction(monkeypatch):
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(transaction.TransactionManagementError):
        load(1, (date(2026, 1, 31), 130))
