"""A tariff book: every tariff one rating run may meet, turned into tables of whole numbers.

    family (index of a condition's `tariff`) -> dated versions -> plan per category -> charges -> variants -> brackets

A version ends where the next one of its family starts; where a pass-through component changes, the version is cut
too, so that inside a version nothing changes by date. The tables are plain lists: a small run needs no NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.model import (
    ALL_SERVICES,
    KIND_LABELS,
    SERVICE_LABELS,
    Bracket,
    Category,
    Charge,
    Clock,
    Component,
    Count,
    Fill,
    Form,
    Kind,
    NeutralTariff,
    Service,
    Variant,
)

EPOCH = date(1970, 1, 1).toordinal()
FOREVER = date(9999, 12, 31).toordinal() - EPOCH
LIMIT = 4 * 10**18  # a numerator is doubled to be rounded, and must stay below 2**63


class UnknownTariff(SorgenteError):
    code = "tariffs.book.unknown-tariff"


class UnknownCategory(SorgenteError):
    code = "tariffs.book.unknown-category"


class OverlappingVersions(SorgenteError):
    code = "tariffs.book.overlapping-versions"


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
        known = [item for item in tariffs if known_on is None or item.published is None or item.published <= known_on]
        self.families: list[str] = sorted({item.family for item in known})
        self.category_codes: list[str] = sorted({category.code for item in known for category in item.categories})
        self.rules: list[RuleLine] = []
        self.refusals: list[str] = []
        self.tables = _Builder(self, known, national).tables()
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


class _Builder:
    """Grows the tables one row at a time; only `TariffBook` uses it."""

    def __init__(self, book: TariffBook, tariffs: list[NeutralTariff], national: Sequence[Component]) -> None:
        self.book = book
        self.tariffs = tariffs
        self.national = national
        self.plan_of: list[int] = []
        self.versions: list[VersionRow] = []
        self.plans: list[PlanRow] = []
        self.charges: list[ChargeRow] = []
        self.variants: list[VariantRow] = []
        self.brackets: list[BracketRow] = []

    def tables(self) -> BookTables:
        family_first = [0]
        for family in self.book.families:
            for tariff, start, end in _versions([item for item in self.tariffs if item.family == family]):
                self._tariff(tariff, start, end)
            family_first.append(len(self.versions))
        return BookTables(
            family_first, self.plan_of, self.versions, self.plans, self.charges, self.variants, self.brackets
        )

    def _tariff(self, tariff: NeutralTariff, start: date, end: date | None) -> None:
        components = self.national if tariff.national_components else tariff.components
        cuts = {day for item in components for day in (item.start, item.end) if day is not None and start < day}
        starts = [start, *sorted(day for day in cuts if end is None or day < end)]
        for lower, upper in zip(starts, [*starts[1:], end], strict=True):
            self.versions.append(VersionRow(number_of(lower), FOREVER if upper is None else number_of(upper)))
            valid = [
                item
                for item in components
                if (item.start is None or item.start <= lower) and (item.end is None or lower < item.end)
            ]
            of_code = {category.code: category for category in tariff.categories}
            for code in self.book.category_codes:
                self.plan_of.append(len(self.plans) if code in of_code else -1)
                if code in of_code:
                    self._plan(tariff, of_code[code], valid, lower)

    def _plan(self, tariff: NeutralTariff, category: Category, components: list[Component], start: date) -> None:
        charges = [*category.charges, *_component_charges(category, components, tariff.national_components)]
        house = category.household
        first = len(self.charges)
        for charge in charges:
            self._charge(tariff, charge, start)
        self.plans.append(
            PlanRow(
                first=first,
                last=len(self.charges),
                rows=sum(_most_rows(charge) for charge in charges),
                cuts_years=int(any(c.fill == Fill.CALENDAR_YEAR or c.rounding.calendar_years for c in charges)),
                by_month=int(any(charge.clock in (Clock.MONTHS, Clock.YEAR_MONTHS) for charge in charges)),
                calendar=int(any(charge.rounding.calendar_years for charge in charges)),
                vat_e4=tariff.vat_e4 or 0,
                refusal=self._refusal(tariff.vat_refusal or category.refusal),
                floor=house.floor,
                cap=house.cap,
                default=house.default,
                known=house.known_up_to,
            )
        )

    def _refusal(self, reason: str | None) -> int:
        if reason is None:
            return -1
        if reason not in self.book.refusals:
            self.book.refusals.append(reason)
        return self.book.refusals.index(reason)

    def _charge(self, tariff: NeutralTariff, charge: Charge, start: date) -> None:
        self.book.rules.append(
            RuleLine(
                tariff.id, charge.service, int(charge.service_code), charge.kind,
                _bracket_names(charge), charge.path, charge.cite or tariff.cite, start,
            )
        )  # fmt: skip
        first = len(self.variants)
        for variant in charge.variants:
            self._variant(variant)
        self.charges.append(
            ChargeRow(
                service=int(Service.SII if charge.form == Form.COMPONENT else charge.service_code),
                kind=int(charge.kind),
                needs=charge.needs,
                form=int(charge.form),
                basis=int(charge.count),
                clock=int(charge.clock),
                fill=int(charge.fill),
                selector=int(charge.selector),
                step=charge.rounding.edge_step_milli,
                edge_up=int(charge.rounding.edge_up),
                widths=int(charge.rounding.on_widths),
                row_up=int(charge.rounding.row_up),
                bonus_exempt=int(charge.bonus_exempt),
                refusal=self._refusal(charge.refusal),
                first=first,
                last=len(self.variants),
            )
        )

    def _variant(self, variant: Variant) -> None:
        first = len(self.brackets)
        self.brackets.extend(
            BracketRow(
                size=-1 if bracket.size_micro is None else bracket.size_micro,
                most=LIMIT // max(1, bracket.size_micro or 0),
                price=bracket.price_e8,
                basis=int(bracket.count),
                unused=int(bracket.charged_unused),
            )
            for bracket in variant.brackets
        )
        self.variants.append(
            VariantRow(
                lowest=variant.lowest,
                highest=LIMIT if variant.highest is None else variant.highest,
                price=variant.price_e8,
                minimum=variant.minimum_micro,
                most=LIMIT // max(1, abs(variant.price_e8), variant.minimum_micro),
                first=first,
                last=len(self.brackets),
            )
        )


def number_of(day: date) -> int:
    """Return days since 1970-01-01, as date32 columns hold them."""
    return day.toordinal() - EPOCH


def day_of(number: int) -> date:
    """Return the day of a number of days since 1970-01-01."""
    return date.fromordinal(number + EPOCH)


def _versions(tariffs: list[NeutralTariff]) -> list[tuple[NeutralTariff, date, date | None]]:
    """Return the versions of one family in order, each with the days it governs."""
    latest: dict[date, NeutralTariff] = {}
    for tariff in sorted(tariffs, key=lambda item: (item.start, item.published or date.min)):
        latest[tariff.start] = tariff
    ordered = list(latest.values())
    versions = []
    for tariff, after in zip(ordered, [*ordered[1:], None], strict=True):
        following = None if after is None else after.start
        if (
            tariff.end is not None
            and following is not None
            and following < tariff.end
            and after is not None
            and after.published is None
        ):
            raise OverlappingVersions(
                f"Tariff {tariff.family}",
                f"Version {tariff.id} lasts until {tariff.end} and another starts on {following}.",
                "Correct valid_to of the earlier version.",
            )
        ends = [end for end in (tariff.end, following) if end is not None]
        versions.append((tariff, tariff.start, min(ends) if ends else None))
    return versions


def _component_charges(category: Category, components: list[Component], national: bool) -> list[Charge]:
    """Turn components into charges; where the category bills `sii`, it bills all three services."""
    billed = 0
    undivided = False
    for charge in category.charges:
        billed |= charge.needs
        undivided = undivided or charge.service_code == Service.SII
    charges = []
    for item in components:
        if item.per_user_year:
            charges.append(
                Charge(
                    item.path, item.code, Kind.PEREQUATION, Form.FIXED, Count.CONTRACT, Clock.YEAR_DAYS,
                    variants=(Variant(0, None, item.price_e8),), bonus_exempt=item.bonus_exempt, refusal=item.refusal,
                    cite=item.cite,
                )
            )  # fmt: skip
            continue
        # A tariff's own list goes with the undivided service as a whole; the national table keeps its services.
        needs = (item.services if national else ALL_SERVICES) if undivided else item.services & billed
        if needs or item.refusal:
            charges.append(
                Charge(
                    item.path, item.code, Kind.PEREQUATION, Form.COMPONENT, needs=needs,
                    variants=(Variant(0, None, item.price_e8),), bonus_exempt=item.bonus_exempt, refusal=item.refusal,
                    cite=item.cite,
                )
            )  # fmt: skip
    return charges


def _bracket_names(charge: Charge) -> tuple[str, ...]:
    longest: tuple[Bracket, ...] = max((variant.brackets for variant in charge.variants), key=len, default=())
    return tuple(bracket.name for bracket in longest)


def _most_rows(charge: Charge) -> int:
    return 1 + len(_bracket_names(charge))
