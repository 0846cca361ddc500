"""The tariffs the utility applies: every file of rules/tariffs, as one book."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from sorgente.shared.paths import rules_dir
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.components import national_components
from sorgente.tariffs.model import NeutralTariff
from sorgente.tariffs.neutral import load_tariff


@lru_cache(maxsize=2)
def _tariffs(folder: Path) -> tuple[NeutralTariff, ...]:
    return tuple(load_tariff(path) for path in sorted(folder.glob("*.json")))


def tariffs() -> tuple[NeutralTariff, ...]:
    """Return all tariffs of the project's folder, read once; raises TariffRefused."""
    return _tariffs(rules_dir() / "tariffs")


def tariff_book(*, known_on: date | None = None) -> TariffBook:
    """Return the book of all tariffs and national components as known on a day (None: all that is known)."""
    return TariffBook(tariffs(), national=national_components(known_on), known_on=known_on)
