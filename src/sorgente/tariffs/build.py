"""Turn dated versions of tariffs into the tables of a book."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sorgente.shared.money import divide_half_up
from sorgente.tariffs.model import (
    ALL_SERVICES,
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
from sorgente.tariffs.tables import (
    FOREVER,
    LIMIT,
    YEAR_DAYS,
    BookTables,
    BracketRow,
    ChargeRow,
    PlanRow,
    RuleLine,
    VariantRow,
    VersionRow,
    number_of,
)
from sorgente.tariffs.versions import DatedVersion


class TableBuilder:
    """Grows the tables of a book one row at a time, and the lists its rows point into."""

    def __init__(
        self,
        versions: dict[str, list[DatedVersion]],
        category_codes: Sequence[str],
        national: Sequence[Component],
    ) -> None:
        self.of_family = versions
        self.category_codes = category_codes
        self.national = national
        self.rules: list[RuleLine] = []
        self.refusals: list[str] = []
        self.plan_of: list[int] = []
        self.versions: list[VersionRow] = []
        self.plans: list[PlanRow] = []
        self.charges: list[ChargeRow] = []
        self.variants: list[VariantRow] = []
        self.brackets: list[BracketRow] = []

    def tables(self) -> BookTables:
        family_first = [0]
        for family in self.of_family:
            for tariff, start, end in self.of_family[family]:
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
            for code in self.category_codes:
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
        if reason not in self.refusals:
            self.refusals.append(reason)
        return self.refusals.index(reason)

    def _charge(self, tariff: NeutralTariff, charge: Charge, start: date) -> None:
        self.rules.append(
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
                day_price=divide_half_up(variant.price_e8, YEAR_DAYS),
                minimum=variant.minimum_micro,
                most=LIMIT // max(1, abs(variant.price_e8), variant.minimum_micro),
                first=first,
                last=len(self.brackets),
            )
        )


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
