"""The register exports what the reference asks for; a year's figures follow from it."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from sorgente.interfaces.commands import quality_evaluate, quality_register
from sorgente.interfaces.commands.main import main
from sorgente.quality.core.indemnity import Cause
from sorgente.quality.queries.clocks import clock_counts, list_clocks
from sorgente.quality.queries.register import COLUMNS, register, register_cells
from sorgente.quality.queries.totals import macro_of_year, totals_of_year
from sorgente.quality.usecases.record_observation import record_observation
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.quality.usecases.stop_clock import stop_clock
from sorgente.quality.usecases.suspend_clock import resume_clock, suspend_clock
from tests.quality.conftest import at

pytestmark = pytest.mark.django_db


def done(reference: str, ended: str, *, standard: str = "S12", **changes) -> None:
    start_clock(standard=standard, reference=reference, channel="desk", started_at=at("2026-04-20 10:00"))
    stop_clock(standard=standard, reference=reference, ended_at=at(ended), **changes)


def test_a_row_says_everything():
    start_clock(
        standard="S12", reference="request:7", contract_account_number="A1", contract_number="C1",
        user_class="domestico", channel="desk",
        requested_at=at("2026-04-18 09:00"), started_at=at("2026-04-20 10:00"), documents=["12"],
    )  # fmt: skip
    suspend_clock(standard="S12", reference="request:7", at=at("2026-04-22 09:00"), cause="customer")
    resume_clock(standard="S12", reference="request:7", at=at("2026-04-24 15:00"))
    stop_clock(standard="S12", reference="request:7", ended_at=at("2026-04-30 09:00"), officer="rossi")
    row = register().get()
    told = dict(zip(COLUMNS, register_cells(row), strict=True))
    assert told["started_at"] == "2026-04-20T10:00:00+02:00"
    assert told["paused"].endswith("/customer")
    kept = (
        "reference",
        "account_number",
        "elapsed",
        "within",
        "indemnity_cents",
        "indemnity_state",
        "officer",
        "documents",
    )
    assert [told[name] for name in kept] == ["request:7", "A1", "6", "0", "3000", "accrued", "rossi", "12"]


def test_filters_of_the_register():
    done("request:1", "2026-04-27 10:00")
    done("request:2", "2026-05-06 10:00")
    start_clock(standard="S25", reference="ticket:3", channel="pec", started_at=at("2026-04-21 00:00"))
    asked = [
        ({}, 3), ({"standard": "S25"}, 1), ({"outcome": "in"}, 1), ({"outcome": "out"}, 1), ({"outcome": "open"}, 1),
        ({"outcome": "cancelled"}, 0), ({"text": "request"}, 2), ({"start": date(2026, 4, 21)}, 1),
        ({"end": date(2026, 4, 21)}, 2), ({"start": date(2026, 4, 20), "end": date(2026, 4, 22)}, 3),
    ]  # fmt: skip
    for filters, count in asked:
        assert register(**filters).count() == count, filters


def test_windows_of_the_deadlines():
    for reference, day in (("request:1", "13"), ("request:2", "16"), ("request:3", "20"), ("request:4", "27")):
        start_clock(standard="S12", reference=reference, channel="desk", started_at=at(f"2026-04-{day} 10:00"))
    # Due on 20, 23, 27 April and, over 1 May, on 5 May.
    assert clock_counts(as_of=date(2026, 4, 23)) == {"late": 1, "today": 1, "week": 2, "open": 4}
    rows = list_clocks(as_of=date(2026, 4, 23), window="week")
    assert [row["reference"] for row in rows] == ["request:2", "request:3"]
    assert list_clocks(as_of=date(2026, 4, 23), window="open", indicator="S12", text="request:4").count() == 1
    assert list_clocks(as_of=date(2026, 4, 23), window="open", indicator="S11").count() == 0


def test_the_figures_of_a_year():
    for number in range(8):
        done(f"request:{number}", "2026-04-27 10:00")
    done("request:8", "2026-05-06 10:00")
    done("request:9", "2026-05-06 10:00", cause=Cause.FORCE_MAJEURE, proof="ordinanza 4")
    found = {one.code: one for one in totals_of_year(2026)}
    year = found["S12"]
    assert (year.total, year.within, year.out_operator, year.out_force_majeure) == (10, 8, 1, 1)
    assert (year.mean_elapsed, year.share_permille, year.indemnities, year.indemnity_cents) == (6, 889, 1, 6000)
    assert found["S11"].total == 0
    macro = {one.group: one for one in macro_of_year(2026)}
    assert (macro["MC1"].within, macro["MC1"].counted, macro["MC1"].klass) == (8, 9, "C")
    assert (macro["MC2"].share_permille, macro["MC2"].klass) == (None, "")
    assert totals_of_year(2025)[0].total == 0


def test_general_standards_are_kept_by_share_by_mean_or_by_month():
    for number, minutes in enumerate((5, 25, 70)):
        for standard in ("G08", "G09"):
            record_observation(
                standard=standard, reference=f"counter:{number}", started_at=at("2026-05-11 08:00"),
                ended_at=at(f"2026-05-11 {8 + minutes // 60:02d}:{minutes % 60:02d}"),
            )  # fmt: skip
    for month in range(1, 11):
        record_observation(
            standard="G12", reference=f"calls:{month}", started_at=at(f"2026-{month:02d}-01 00:00"),
            ended_at=at(f"2026-{month:02d}-28 00:00"), value=79 if month == 1 else 80,
        )  # fmt: skip
    found = {one.code: one.is_kept for one in totals_of_year(2026)}
    # Two of three within the hour is less than 95 %; the mean is 33 minutes; nine good months, ten are asked.
    assert (found["G08"], found["G09"], found["G12"], found["G13"]) == (False, False, False, None)


def test_the_commands(capsys, tmp_path, monkeypatch):
    for module in (quality_register, quality_evaluate):
        monkeypatch.setattr(module, "start_django", lambda: None)
    start_clock(standard="S12", reference="request:7", channel="desk", started_at=at("2026-04-20 10:00"))
    assert main(["quality", "evaluate", "--on", "2026-05-06"]) == 0
    assert "1 fuori standard" in capsys.readouterr().out
    out = tmp_path / "register.csv"
    assert main(["quality", "register", "--from", "2026-04-20", "--to", "2026-04-20", "--out", str(out)]) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text()), delimiter=";"))
    assert [(row["reference"], row["indemnity_cents"], row["state"]) for row in rows] == [
        ("request:7", "6000", "running")
    ]
    assert main(["quality", "register", "--from", "2026-04-20", "--to", "2026-04-19"]) == 2
    assert main(["quality", "register", "--from", "2026-04-20", "--to", "2026-04-21", "--out", "/nowhere/x"]) == 2


def test_what_the_evaluation_cannot_hand_on_is_named(capsys, monkeypatch):
    monkeypatch.setattr(quality_evaluate, "start_django", lambda: None)
    start_clock(
        standard="S12", reference="request:7", contract_account_number="NOBODY", channel="desk",
        started_at=at("2026-04-20 10:00"),
    )  # fmt: skip
    assert main(["quality", "evaluate", "--on", "2026-05-06"]) == 1
    assert "Contract account NOBODY" in capsys.readouterr().err
