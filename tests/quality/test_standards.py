"""Every standard of the reference is in the rules, with its level, unit and article."""

from __future__ import annotations

from datetime import date

import pytest

from sorgente.quality.core.standards import Progression, UnknownStandard, standard, standards
from sorgente.tariffs.rules import rules

DAY = date(2026, 4, 20)
LEVELS = {
    "S01": "10 working_days", "S02": "10 working_days", "S03": "20 working_days", "S04": "20 working_days",
    "S05": "15 working_days", "S06": "20 working_days", "S07": "5 working_days", "S08": "5 working_days",
    "S09": "10 working_days", "S10": "2 feriali_days", "S11": "7 working_days", "S12": "5 working_days",
    "S13": "10 working_days", "S14": "20 working_days", "S15": "10 working_days", "S16": "3 hours",
    "S17": "10 working_days", "S18": "10 working_days", "S19": "30 working_days", "S20": "10 working_days",
    "S21": "10 working_days", "S22": "10 working_days", "S23": "45 calendar_days", "S24": "2 bills",
    "S25": "30 working_days", "S26": "10 working_days", "S27": "60 working_days", "S28": "5 working_days",
    "S29": "5 working_days", "S30": "2 attempts", "S31": "2 working_days",
    "G01": "30 working_days", "G02": "30 working_days", "G03": "30 working_days", "G04": "7 working_days",
    "G05": "24 hours", "G06": "3 hours", "G07": "30 working_days", "G08": "60 minutes", "G09": "20 minutes",
    "G10": "91 percent", "G11": "240 seconds", "G12": "80 percent", "G13": "120 seconds", "G14": "10 working_days",
}  # fmt: skip


def test_every_standard_has_its_level_and_unit():
    assert {one.code: f"{one.level} {one.unit}" for one in standards(on=DAY)} == LEVELS


def test_specific_ones_give_an_indemnity_and_general_ones_a_share():
    for one in standards(on=DAY):
        assert one.is_specific is one.code.startswith("S"), one.code
        assert (one.share_percent or one.months_in_year or one.is_mean or 0) != 0 or one.is_specific, one.code
        assert one.group in ("MC1", "MC2")
        assert one.cite


def test_what_was_not_verified_is_marked():
    assert {one.code for one in standards(on=DAY) if not one.verified} == {
        "S15", "S20", "S24", "S25", "S26", "S30", "S31", "G04",
    }  # fmt: skip


def test_only_counts_and_bands_do_not_grow():
    flat = {one.code for one in standards(on=DAY) if one.progression is Progression.FLAT}
    assert flat == {"S16", "S24", "S30", "S31"}


def test_the_bill_standard_is_the_one_that_billing_plans_by():
    assert standard("S23", on=DAY).level == rules().value("arera.billing.issue_time_days", on=DAY)


def test_the_lowest_class_of_bills_is_the_level():
    assert standard("S24", on=DAY).level == rules().value("arera.billing.bills_per_year", on=DAY)[0][1]


def test_standards_of_2022_are_not_there_before():
    codes = {one.code for one in standards(on=date(2021, 12, 31))}
    assert "S29" in codes
    assert not codes & {"S30", "S31"}


def test_an_unknown_standard_is_refused_by_name():
    with pytest.raises(UnknownStandard) as caught:
        standard("S99", on=DAY)
    assert str(caught.value).startswith("Standard S99: The rules know no such standard.")
