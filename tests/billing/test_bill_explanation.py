"""Each row of a bill in plain words, and what the quality standards ask of bills."""

from __future__ import annotations

from datetime import date

import pytest

from sorgente.billing.core.printed_rows import printed_rows
from sorgente.billing.queries.bill_explanation import bill_explanation
from sorgente.billing.queries.bill_parts import bill_parts
from sorgente.billing.queries.bill_values import UnknownBill
from sorgente.billing.queries.for_quality import bills_for_quality, bills_per_year
from sorgente.billing.usecases.start_run import ONE_OFFS
from tests.billing.test_one_offs import add, number_of, supplied

pytestmark = pytest.mark.django_db


def test_every_printed_row_is_told_with_its_reckoning_and_who_decided_it(town):
    supplied(town)
    add(town, "Bianchi", -3_000, kind="indemnity", text="voltura")
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    told = bill_explanation(bill.number)
    (parts,) = bill_parts([bill.id])
    assert [(one.heading, one.cents) for one in told] == [
        (row.service, row.cents) for row in printed_rows(parts.charges, parts.prices, parts.terms)
    ]
    assert all(one.sentence and one.source for one in told)
    first = next(one for one in told if one.label.startswith("Fascia"))
    assert first.sentence.startswith("È il prezzo dei primi ")
    assert " m³ × " in first.reckoning
    fixed = next(one for one in told if one.label == "Quota fissa")
    assert fixed.reckoning.startswith("90 giorni × ")
    assert "ARERA" in next(one for one in told if one.heading == "Componenti perequative").sentence
    assert told[-1].sentence.startswith("Non abbiamo rispettato un tempo garantito")
    assert (told[-1].reckoning, told[-1].vat_rate_e2) == ("", 0)


def test_in_english_figures_and_sentences_are_english(town):
    supplied(town)
    add(town, "Bianchi", -3_000, kind="indemnity", text="voltura")
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    italian, english = bill_explanation(bill.number), bill_explanation(bill.number, language="en")
    for one, other in zip(italian, english, strict=True):
        assert (one.label, one.cents, one.source) == (other.label, other.cents, other.source)
        assert one.sentence != other.sentence
        figures = other.reckoning.replace("€", "").translate(str.maketrans(",.", ".,"))
        assert [w for w in figures.split() if w[0].isdigit()] == [w for w in one.reckoning.split() if w[0].isdigit()]
    fixed = next(one for one in english if one.label == "Quota fissa")
    assert fixed.reckoning.startswith("90 days × €0.")
    assert english[-1].sentence.startswith("We missed a guaranteed time")


def test_what_earlier_bills_charged_is_told_once(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    first = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    noted = {one.label: one.note for one in bill_explanation(first.number)}
    assert noted.pop("Quota fissa") == ""
    assert all("stimato" in note for note in noted.values())
    town.on("2026-07-20").read("A17", index_m3=190)
    second = town.on("2026-07-20").bill("Bianchi")
    back = [one for one in bill_explanation(second.number) if one.heading == "Già fatturato"]
    assert [one.cents for one in back] == [-first.net_cents]
    assert "non paghi due volte" in back[0].sentence


def test_a_number_that_is_no_bill(town):
    with pytest.raises(UnknownBill):
        bill_explanation("2026/SII/9999999")


def test_days_from_the_latest_day_billed_to_the_issue(town):
    """BIL-03: a period to 31 March issued on 15 May takes 45 days; bills of no period are left out."""
    supplied(town)
    add(town, "Bianchi", 1_000)
    town.on("2026-05-10").run_bills("Bianchi", select=ONE_OFFS)
    bill = town.on("2026-05-15").bill("Bianchi", through="2026-04-01")
    (found,) = bills_for_quality(start=date(2026, 5, 1), end=date(2026, 6, 1))
    assert (found.bill_number, found.contract_number) == (bill.number, number_of(town, "Bianchi"))
    assert (str(found.latest_day), found.days, found.is_closing, found.has_measure) == ("2026-03-31", 45, False, True)
    assert bills_for_quality(start=date(2026, 5, 16), end=date(2027, 1, 1)) == []


@pytest.mark.parametrize(
    ("yearly", "units", "least"),
    [([100, 100, 100], 1, 2), ([101, 101, 101], 1, 3), ([2400, 2460, 2400], 20, 3), ([2400, 2460, 2400], 1, 4),
     ([3003, 3003, 3003], 1, 6), ([], 1, 2)],
)  # fmt: skip
def test_the_fewest_bills_of_a_year_by_the_mean_of_three_ca(town, yearly, units, least):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=0, units=units)
    for year, m3 in zip((2023, 2024, 2025), yearly, strict=False):
        town.yearly("Bianchi", m3, year=year)
    town.yearly("Bianchi", 9_000, year=2026)  # of the year itself: not known when it began
    town.on("2026-07-01").move_in("Verdi", meter="B03", index_m3=0)  # supplied for half the year
    town.on("2026-07-01").read("A17", index_m3=50)
    town.on("2026-07-20").bill("Bianchi", through="2026-07-01")
    (found,) = bills_per_year(2026)
    assert (found.contract_number, found.bills, found.least) == (number_of(town, "Bianchi"), 1, least)
    assert (found.reference_milli is None) == (not yearly)
