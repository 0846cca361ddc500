"""Clocks of the register: they start once, stop counting while others act, end, and never change then."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from sorgente.quality.core.indemnity import Cause
from sorgente.quality.models import IndemnityDue, Performance
from sorgente.quality.queries.clocks import clocks_of, expiring, open_clocks_of_account
from sorgente.quality.queries.register import register
from sorgente.quality.usecases.clock_errors import (
    ClockDiffers,
    ClockEnded,
    ClockGoesBack,
    ClockNotRunning,
    NoClock,
    ProofMissing,
    UnknownClock,
)
from sorgente.quality.usecases.correct_performance import correct_performance
from sorgente.quality.usecases.record_observation import record_appointment_band, record_observation, record_wait
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.quality.usecases.stop_clock import cancel_clock, stop_clock
from sorgente.quality.usecases.suspend_clock import resume_clock, suspend_clock
from tests.quality.conftest import at

pytestmark = pytest.mark.django_db
VOLTURA = {"standard": "S12", "reference": "request:7"}


def start(**changes):
    told = {**VOLTURA, "channel": "desk", "started_at": at("2026-04-20 10:00"), **changes}
    return start_clock(**told)


def dues() -> list[tuple[int, str, str]]:
    return list(IndemnityDue.objects.order_by("id").values_list("cents", "state", "excluded"))


def test_a_clock_starts_once_and_knows_its_deadline():
    first = start(contract_account_number="A1")
    assert (first.due_on, first.level, first.unit) == (date(2026, 4, 27), 5, "working_days")
    assert first.cite == "RQSII (655/2015/R/idr Annex A), article 17"
    assert start(contract_account_number="A1").pk == first.pk
    assert Performance.objects.count() == 1


def test_the_same_reference_with_other_content_is_refused_by_name():
    start()
    with pytest.raises(ClockDiffers, match="another started_at"):
        start(started_at=at("2026-04-21 10:00"))


def test_done_in_time_gives_nothing():
    start()
    done = stop_clock(**VOLTURA, ended_at=at("2026-04-27 18:00"))
    assert (done.elapsed, done.within, dues()) == (5, True, [])


def test_done_late_accrues_at_once():
    start()
    done = stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    assert (done.elapsed, done.within) == (11, False)
    assert dues() == [(6000, "accrued", "")]
    assert stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00")).pk == done.pk
    assert len(dues()) == 1


def test_time_of_others_does_not_count():
    start()
    suspend_clock(**VOLTURA, at=at("2026-04-22 09:00"), cause="customer", note="Manca il documento")
    assert Performance.objects.get().due_on is None
    assert clocks_of("request:7", as_of=date(2026, 4, 23))[0].days_left is None
    resume_clock(**VOLTURA, at=at("2026-04-24 15:00"))
    assert Performance.objects.get().due_on == date(2026, 4, 29)
    assert stop_clock(**VOLTURA, ended_at=at("2026-04-30 09:00")).elapsed == 6


def test_suspending_and_resuming_again_changes_nothing():
    start()
    kept = suspend_clock(**VOLTURA, at=at("2026-04-22 09:00"), cause="permit")
    assert suspend_clock(**VOLTURA, at=at("2026-04-22 09:00"), cause="permit").pk == kept.pk
    resume_clock(**VOLTURA, at=at("2026-04-24 15:00"))
    resume_clock(**VOLTURA, at=at("2026-04-24 15:00"))
    assert Performance.objects.get().suspensions.count() == 1


def test_an_ended_clock_closes_its_suspension():
    start()
    suspend_clock(**VOLTURA, at=at("2026-04-21 09:00"), cause="access")
    done = stop_clock(**VOLTURA, ended_at=at("2026-05-20 09:00"))
    assert (done.elapsed, done.within) == (1, True)
    assert done.suspensions.get().end_at == at("2026-05-20 09:00")


def test_what_clocks_refuse():
    with pytest.raises(UnknownClock):
        stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    with pytest.raises(NoClock):
        start(standard="S24")
    with pytest.raises(ClockGoesBack):
        start(requested_at=at("2026-04-21 10:00"))
    start()
    with pytest.raises(ClockNotRunning, match="not suspended"):
        resume_clock(**VOLTURA, at=at("2026-04-21 10:00"))
    with pytest.raises(ClockGoesBack):
        suspend_clock(**VOLTURA, at=at("2026-04-19 10:00"), cause="permit")
    suspend_clock(**VOLTURA, at=at("2026-04-21 10:00"), cause="permit")
    with pytest.raises(ClockNotRunning, match="suspended already"):
        suspend_clock(**VOLTURA, at=at("2026-04-22 10:00"), cause="customer")
    with pytest.raises(ClockGoesBack):
        resume_clock(**VOLTURA, at=at("2026-04-21 09:00"))
    with pytest.raises(ClockGoesBack):
        stop_clock(**VOLTURA, ended_at=at("2026-04-21 09:00"))
    with pytest.raises(ProofMissing):
        stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"), cause=Cause.FORCE_MAJEURE)
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    with pytest.raises(ClockEnded):
        suspend_clock(**VOLTURA, at=at("2026-05-07 10:00"), cause="permit")
    with pytest.raises(ClockEnded):
        stop_clock(**VOLTURA, ended_at=at("2026-05-07 10:00"))


def test_an_ended_row_never_changes():
    start()
    done = stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    for change in ({"cause": "force_majeure", "proof": "x"}, {"ended_at": at("2026-04-21 12:00")}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Performance.objects.filter(pk=done.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Performance.objects.filter(pk=done.pk).delete()


def test_a_cause_that_is_not_ours_takes_the_indemnity_away_and_says_why():
    start()
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"), cause=Cause.FORCE_MAJEURE, proof="document:12")
    assert dues() == [(6000, "excluded", "force_majeure")]


def test_a_correction_is_a_new_row_and_the_money_follows_it():
    start()
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    new = correct_performance(
        **VOLTURA, reason="Porta chiusa", cause=Cause.THIRD_PARTY, proof="verbale 3", at=at("2026-05-07 09:00")
    )
    assert (new.revision, new.elapsed, new.within) == (1, 11, False)
    assert dues() == [(6000, "excluded", "corrected"), (6000, "excluded", "third_party")]
    assert [view.cause for view in clocks_of("request:7", as_of=date(2026, 5, 8))] == ["third_party"]
    assert [(row["revision"], row["corrected"]) for row in register()] == [(1, False), (0, True)]
    earlier = correct_performance(
        **VOLTURA, reason="Eseguita il 27", ended_at=at("2026-04-27 12:00"), cause=Cause.OPERATOR,
        at=at("2026-05-08 09:00"),
    )  # fmt: skip
    assert (earlier.revision, earlier.elapsed, earlier.within) == (2, 5, True)


def test_a_running_clock_is_not_corrected_and_a_corrected_end_is_not_before_the_start():
    start()
    with pytest.raises(ClockEnded, match="nothing has ended"):
        correct_performance(**VOLTURA, reason="x", at=at("2026-05-07 09:00"))
    stop_clock(**VOLTURA, ended_at=at("2026-05-06 12:00"))
    with pytest.raises(ClockGoesBack):
        correct_performance(**VOLTURA, reason="x", ended_at=at("2026-04-01 09:00"), at=at("2026-05-07 09:00"))


def test_a_request_called_off_leaves_nothing():
    start()
    cancel_clock(**VOLTURA, reason="Il cliente rinuncia", at=at("2026-04-22 09:00"))
    again = cancel_clock(**VOLTURA, reason="Il cliente rinuncia", at=at("2026-04-23 09:00"))
    assert (again.state, again.cancel_reason, dues()) == ("cancelled", "Il cliente rinuncia", [])
    assert expiring(as_of=date(2026, 5, 20), days=1) == []


def test_what_expires_the_earliest_first():
    start(reference="request:1", contract_account_number="A1")
    start(reference="ticket:2", standard="S25", contract_account_number="A1")
    start(reference="request:3", started_at=at("2026-04-16 10:00"))
    found = expiring(as_of=date(2026, 4, 27), days=1)
    assert [(one.reference, one.days_left, one.is_late) for one in found] == [
        ("request:3", -4, True),
        ("request:1", 0, False),
    ]
    assert [one.reference for one in open_clocks_of_account("A1", as_of=date(2026, 4, 27))] == ["request:1", "ticket:2"]


@pytest.mark.parametrize(
    ("arrived", "within", "cents"),
    [("2026-05-11 08:50", True, []), ("2026-05-11 12:00", True, []), ("2026-05-11 12:20", False, [3000]),
     ("2026-05-11 17:00", False, [3000])],
)  # fmt: skip
def test_the_appointment_band(arrived, within, cents):
    done = record_appointment_band(
        reference="appointment:AB12",
        band_start_at=at("2026-05-11 09:00"),
        band_end_at=at("2026-05-11 12:00"),
        arrived_at=at(arrived),
    )
    assert (done.within, [one[0] for one in dues()]) == (within, cents)


def test_a_shorter_promise_is_stricter():
    done = record_appointment_band(
        reference="appointment:AB12",
        band_start_at=at("2026-05-11 09:00"),
        band_end_at=at("2026-05-11 10:00"),
        arrived_at=at("2026-05-11 10:30"),
    )
    assert (done.level, done.level_amount, done.within) == (3, 3600, False)


def test_waits_at_the_counter_count_for_the_longest_and_the_mean():
    rows = record_wait(kind="counter", reference="counter:9", at=at("2026-05-11 09:25"), seconds=1500)
    assert [(row.standard, row.elapsed, row.within) for row in rows] == [("G08", 1500, True), ("G09", 1500, False)]
    assert dues() == []


def test_an_observation_is_the_same_row_when_it_comes_again():
    told = {
        "standard": "G10", "reference": "calls:2026-05", "started_at": at("2026-05-01 00:00"),
        "ended_at": at("2026-05-31 00:00"),
    }  # fmt: skip
    first = record_observation(**told, value=94)
    assert first.within
    assert record_observation(**told, value=94).pk == first.pk
    with pytest.raises(ClockDiffers, match="another elapsed"):
        record_observation(**told, value=95)
    with pytest.raises(ClockGoesBack):
        record_observation(**{**told, "reference": "x", "ended_at": at("2026-04-01 00:00")}, value=1)
