"""Cases that a domain expert can sign: deadlines, indemnities, and when they are paid."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from sorgente.quality.core import clock
from sorgente.quality.core.clock import Pause
from sorgente.quality.core.indemnity import Cause, exclusion_of, indemnity_cents, scale
from sorgente.quality.core.standards import LateArrival, late_arrival, standard
from sorgente.shared.calendar import calendar
from sorgente.tariffs.rules import rules

CASES = Path(__file__).resolve().parents[2] / "cases/quality"
ROME = ZoneInfo("Europe/Rome")


def _cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["case"]) for case in yaml.safe_load((CASES / name).read_text(encoding="utf-8"))]


def _at(value: Any) -> datetime:
    return datetime.fromisoformat(str(value)).replace(tzinfo=ROME)


def _pauses(given: dict[str, Any]) -> list[Pause]:
    return [Pause(_at(start), None if end is None else _at(end)) for start, end in given.get("pauses", [])]


@pytest.mark.parametrize("case", _cases("deadlines.yaml"))
def test_time_is_up(case):
    given, due = case["given"], case["expect"]["due"]
    started = _at(given["started"])
    late = LateArrival(time(18), True) if given.get("late") else late_arrival(on=started.date())
    found = clock.deadline(
        standard(given["standard"], on=started.date()), started, pauses=_pauses(given), days=calendar(), late=late
    )
    if due is None:
        assert found is None
    elif isinstance(due, date) and not isinstance(due, datetime):
        assert clock.latest_day(found) == due
    else:
        assert (found - timedelta(microseconds=1)).timestamp() == _at(due).timestamp()


@pytest.mark.parametrize("case", _cases("indemnities.yaml"))
def test_what_is_due(case):
    given, expect = case["given"], case["expect"]
    on = _at(given["started"]).date() if "started" in given else date(2026, 1, 1)
    found = standard(given["standard"], on=on)
    if "counted" in given:
        amount = given["counted"]
    else:
        amount = clock.elapsed(
            found,
            _at(given["started"]),
            _at(given["ended"]),
            pauses=_pauses(given),
            days=calendar(),
            late=late_arrival(on=on),
        )
        assert amount == expect["elapsed"]
    level = given.get("promised")
    assert found.is_within(amount, level_amount=level) is expect["within"]
    assert indemnity_cents(found, amount, scale=scale(on=on), level_amount=level) == expect["cents"]


@pytest.mark.parametrize("case", _cases("payment.yaml"))
def test_when_it_is_paid_and_when_not(case):
    given, on = case["given"], date(2026, 4, 20)
    if case["ask"] == "latest_payment":
        days = rules().value("arera.quality.indemnity_payment_days", on=on)
        found = clock.latest_payment_on(given["started"], days=days, arrears_paid_on=given.get("arrears_paid"))
    else:
        most = rules().value("arera.quality.indemnity_cap", on=on)
        found = exclusion_of(Cause(given["cause"]), in_year=given["in_year"], most_in_year=most)
    assert found == case["expect"]
