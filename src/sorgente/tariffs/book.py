"""A tariff book: every tariff one rating run may meet, turned into tables of whole numbers.

    family (index of a condition's `tariff`) -> dated versions -> plan per category -> charges -> variants -> brackets

A version ends where the next one of its family starts; where a pass-through component changes, the version is cut
too, so that inside a version nothing changes by date. The tables are plain lists: a small run needs no NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.build import TableBuilder
from sorgente.tariffs.model import Component, NeutralTariff
from sorgente.tariffs.tables import LIMIT, RuleLine
from sorgente.tariffs.versions import versions_of


class UnknownTariff(SorgenteError):
    code = "tariffs.book.unknown-tariff"


class UnknownCategory(SorgenteError):
    code = "tariffs.book.unknown-category"


class TariffBook:
    """Dated tariffs in tables.

    tariffs     versions of any number of families; of two with the same first day the later published counts
    national    the national table of pass-through components, for tariffs that say `perequation: "national"`
    known_on    leave out what was published later than this day (None: all that is known)
    raises      OverlappingVersions when an ended version reaches into the next
    """

    def __init__(
        self, tariffs: Iterable[NeutralTariff], *, national: Sequence[Component] = (), known_on: date | None = None
    ) -> None:
        versions = versions_of(tariffs, known_on=known_on)
        known = [version[0] for family in versions.values() for version in family]
        self.families: list[str] = sorted(versions)
        self.category_codes: list[str] = sorted({category.code for item in known for category in item.categories})
        builder = TableBuilder(versions, self.category_codes, national)
        self.tables = builder.tables()
        self.rules: list[RuleLine] = builder.rules
        self.refusals: list[str] = builder.refusals
        prices = [row.price for row in self.tables.variants] + [row.price for row in self.tables.brackets]
        self.highest_quantity = LIMIT // (3 * max(1, *(abs(price) for price in prices)))

    def tariff_index(self, family: str) -> int:
        """Return what a condition's `tariff` holds for a family; raises UnknownTariff."""
        if family not in self.families:
            raise UnknownTariff(
                f"Tariff {family}", "The book does not hold it.", f"Use one of: {', '.join(self.families)}."
            )
        return self.families.index(family)

    def category_index(self, code: str) -> int:
        """Return what a condition's `category` holds for a use category; raises UnknownCategory."""
        if code not in self.category_codes:
            raise UnknownCategory(
                f"Use category {code}",
                "No tariff of the book has it.",
                f"Use one of: {', '.join(self.category_codes)}.",
            )
        return self.category_codes.index(code)

    def label(self, rule: int, kind: int, bracket: int) -> str:
        """Return the Italian label of a charge row."""
        return self.rules[rule].label(kind, bracket)
