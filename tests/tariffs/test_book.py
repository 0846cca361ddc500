"""Dated versions of a tariff: which one governs a day, as known on another day."""

from __future__ import annotations

import json
from datetime import date

import pytest

from sorgente.tariffs.book import TariffBook, UnknownCategory, UnknownTariff
from sorgente.tariffs.library import tariff_book, tariffs
from sorgente.tariffs.model import Kind
from sorgente.tariffs.neutral import tariff_from_text
from sorgente.tariffs.tables import day_of, number_of
from sorgente.tariffs.versions import OverlappingVersions
from tests.rating.tariff_cases import answer_to, tariff_text

FIXED = {"service": "sii", "kind": "fixed", "unit": "EUR/year", "per": "contract"}


def version(start: str, price: str, *, end: str | None = None, published: str | None = None):
    text = json.loads(tariff_text({"charges": [{**FIXED, "price": price}], "valid_from": start}))
    dated = {**text, "id": f"from {start}", "family": "case", "valid_to": end, "published_on": published}
    return tariff_from_text(json.dumps(dated), file="t.json")


def cents(book: TariffBook, start: str, end: str) -> list[int]:
    return [row["cents"] for row in answer_to(book, {"from": start, "to": end, "quantity": "0"})["rows"]]


def test_a_version_ends_where_the_next_one_starts():
    book = TariffBook([version("2026-01-01", "73.00"), version("2025-01-01", "36.50")])
    assert cents(book, "2025-12-31", "2026-01-02") == [10, 20]


def test_a_retroactive_version_counts_from_the_day_it_was_published():
    before = version("2025-01-01", "36.50", published="2024-12-01")
    after = version("2025-01-01", "73.00", published="2025-11-20")
    assert cents(TariffBook([after, before], known_on=date(2025, 11, 19)), "2025-03-01", "2025-03-02") == [10]
    assert cents(TariffBook([after, before], known_on=date(2025, 11, 20)), "2025-03-01", "2025-03-02") == [20]
    assert cents(TariffBook([before, after]), "2025-03-01", "2025-03-02") == [20]


def test_a_gap_between_versions_is_refused_on_its_day():
    book = TariffBook([version("2024-01-01", "1", end="2024-12-31"), version("2025-02-01", "1")])
    answer = answer_to(book, {"from": "2024-12-30", "to": "2025-03-01", "quantity": "0"})
    assert answer == {"error": "Tariff case has no version in force on 2025-01-01. Load the version of that day."}


def test_two_versions_that_both_claim_a_day():
    with pytest.raises(OverlappingVersions, match="lasts until 2026-01-01 and another starts on 2025-06-01"):
        TariffBook([version("2025-01-01", "1", end="2025-12-31"), version("2025-06-01", "1")])


def test_names_that_the_book_does_not_hold():
    with pytest.raises(UnknownTariff, match="Tariff nowhere: The book does not hold it"):
        tariff_book().tariff_index("nowhere")
    with pytest.raises(UnknownCategory, match="Use category castle: No tariff of the book has it"):
        tariff_book().category_index("castle")


def test_days_are_numbered_as_in_date32():
    assert number_of(date(1970, 1, 1)) == 0
    assert day_of(number_of(date(2024, 2, 29))) == date(2024, 2, 29)


def test_every_shipped_tariff_can_be_priced_in_every_line():
    for tariff in tariffs():
        assert tariff.vat_refusal is None
        for category in tariff.categories:
            assert category.refusal is None
            assert [charge.refusal for charge in category.charges if charge.refusal] == []
    assert tariff_book().refusals == []


def test_the_demonstration_has_every_use_of_the_national_structure():
    assert set(tariff_book().category_codes) == {
        "domestico_residente", "domestico_non_residente", "condominio", "commerciale", "industriale", "agricolo",
        "pubblico_non_disalimentabile", "pubblico_disalimentabile", "altri_usi",
    }  # fmt: skip


def test_rows_have_labels_an_italian_reads():
    book = tariff_book()
    labels = {line.label(line.kind, bracket) for line in book.rules for bracket in (-1, 0, 1)}
    assert {
        "Acquedotto, quota fissa", "Acquedotto, quota variabile, fascia agevolata", "Fognatura, quota variabile",
        "Componente UI1",
    } <= labels  # fmt: skip
    line = next(line for line in book.rules if line.kind == Kind.PEREQUATION)
    assert line.cite.startswith("ARERA")
