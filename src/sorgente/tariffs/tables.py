"""The tables a tariff book is made of: rows of whole numbers, and what a charge row rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sorgente.tariffs.model import KIND_LABELS, SERVICE_LABELS, Kind, Service

EPOCH = date(1970, 1, 1).toordinal()
FOREVER = date(9999, 12, 31).toordinal() - EPOCH
YEAR_DAYS = 365  # of every year, unless the tariff counts calendar years
LIMIT = 4 * 10**18  # a numerator is doubled to be rounded, and must stay below 2**63


class VersionRow(NamedTuple):
    """A stretch of days of one family in which no price changes; days since 1970-01-01, half-open."""

    start: int
    end: int


class PlanRow(NamedTuple):
    """A use category in one version."""

    first: int  # its charges, [first, last)
    last: int
    rows: int  # most rows a period can give
    cuts_years: int  # 1 where periods are cut at 1 January
    by_month: int  # 1 where a price goes by whole months
    calendar: int  # 1 where a leap year has 366 days
    vat_e4: int
    refusal: int  # index into `TariffBook.refusals`, -1 where it can be priced
    floor: int
    cap: int
    default: int
    known: int


class ChargeRow(NamedTuple):
    """One charge of a plan; the codes are those of model.py."""

    service: int
    kind: int
    needs: int
    form: int
    basis: int  # model.Count
    clock: int
    fill: int
    selector: int
    step: int
    edge_up: int
    widths: int
    row_up: int
    bonus_exempt: int
    refusal: int
    first: int  # its variants, [first, last)
    last: int


class VariantRow(NamedTuple):
    """The prices for one class of contracts; `most` is the highest count x time its figures can be multiplied by."""

    lowest: int
    highest: int
    price: int
    day_price: int  # a yearly price over 365, as it is printed
    minimum: int
    most: int
    first: int  # its brackets, [first, last)
    last: int


class BracketRow(NamedTuple):
    """One bracket; size -1 is open."""

    size: int
    most: int
    price: int
    basis: int
    unused: int


class BookTables(NamedTuple):
    """The book as tables of whole numbers: lists of rows here, structured int64 arrays for the compiled kernel."""

    family_first: Sequence[int]  # versions of family f are [family_first[f], family_first[f + 1])
    plan_of: Sequence[int]  # version x category -> plan, -1 where the version lacks the category
    versions: Sequence[VersionRow]
    plans: Sequence[PlanRow]
    charges: Sequence[ChargeRow]
    variants: Sequence[VariantRow]
    brackets: Sequence[BracketRow]


ROW_TYPES = (None, None, VersionRow, PlanRow, ChargeRow, VariantRow, BracketRow)  # of BookTables, None is whole numbers


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What a charge row rests on: `rule` of a row is its number in `TariffBook.rules`."""

    tariff: str
    service: str
    service_code: int
    kind: Kind
    brackets: tuple[str, ...]
    path: str
    cite: str
    start: date

    def bracket_name(self, bracket: int) -> str | None:
        """Return the bracket's name; None for a row without brackets."""
        return self.brackets[bracket] if 0 <= bracket < len(self.brackets) else None

    def label(self, kind: int, bracket: int) -> str:
        """Return the row's Italian label, as the bill and the e-invoice print it."""
        if kind == Kind.PEREQUATION:
            return f"Componente {self.service}"
        known = SERVICE_LABELS[self.service_code] if self.service_code != Service.OTHER else self.service.capitalize()
        name = self.bracket_name(bracket)
        fascia = f", fascia {name}" if name and name != "all" else ""
        return f"{known}, {KIND_LABELS[kind].lower()}{fascia}"


def number_of(day: date) -> int:
    """Return days since 1970-01-01, as date32 columns hold them."""
    return day.toordinal() - EPOCH


def day_of(number: int) -> date:
    """Return the day of a number of days since 1970-01-01."""
    return date.fromordinal(number + EPOCH)
