"""What a charge row rests on, asked of the very book it was rated with: edges, yearly price, names."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sorgente.billing.core.snapshot import book_of
from sorgente.rating.arithmetic import scaled_size
from sorgente.rating.charge_kernel import Piece, count_of, variant_of
from sorgente.rating.span_kernel import household
from sorgente.tariffs.model import Clock, Fill, Form
from sorgente.tariffs.neutral import tariff_from_text


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions of a contract over [start, end), as they were rated; end None is open."""

    start: date
    end: date | None
    tariff: str
    category: str
    persons: int  # 0: not known
    units: int
    other_units: int
    services: int
    bonus: bool
    meter_size: int
    commitment_milli: int


@dataclass(frozen=True, slots=True)
class Explained:
    """How a row is printed: by day or by m3, between which edges, at which yearly price."""

    by_day: bool = False
    lower_milli: int | None = None
    upper_milli: int | None = None
    yearly_price_e8: int | None = None


class PriceList:
    """A tariff book, read for printing."""

    def __init__(self, texts: Mapping[str, str], *, known_on: date) -> None:
        self._book = book_of(texts, known_on=known_on)
        self._place = {(line.tariff, line.path, line.start): at for at, line in enumerate(self._book.rules)}
        tariffs = [tariff_from_text(text, file=name) for name, text in texts.items() if name.endswith(".json")]
        self._labels = {
            (tariff.family, category.code): category.label
            for tariff in sorted(tariffs, key=lambda one: one.start)
            for category in tariff.categories
        }
        tables = self._book.tables
        # A run asks the same again and again: same rule, same days, same household.
        self.explain = lru_cache(maxsize=20_000)(self._explain)
        self._plan = {at: plan for plan in tables.plans for at in range(plan.first, plan.last)}

    def use_label(self, terms: Terms) -> str:
        """Return the use category as the tariff names it: "Uso domestico residente"."""
        return self._labels.get((terms.tariff, terms.category), terms.category)

    def _explain(
        self, *, tariff: str, path: str, version: date, bracket: int, start: date, end: date, terms: Terms
    ) -> Explained:
        """Return how a row over [start, end) is printed; a rule that the book lacks explains nothing."""
        at = self._place.get((tariff, path, version))
        if at is None:
            return Explained()
        charge, plan, tables = self._book.tables.charges[at], self._plan[at], self._book.tables
        piece = Piece(
            days=(end - start).days,
            year_days=366 if plan.calendar and isleap(start.year) else 365,
            months=-1,
            quantity=0,
            prior=-1,
            persons=household(plan, terms.persons),
            units=terms.units,
            other_units=terms.other_units,
            services=terms.services,
            bonus=int(terms.bonus),
            meter=terms.meter_size,
            commitment=terms.commitment_milli,
        )
        chosen = variant_of(tables.variants, charge, piece)
        if chosen < 0:
            return Explained(by_day=charge.form == Form.FIXED)
        variant = tables.variants[chosen]
        if charge.form == Form.FIXED:
            yearly = variant.price if charge.clock == Clock.YEAR_DAYS else None
            return Explained(by_day=charge.clock in (Clock.YEAR_DAYS, Clock.DAYS), yearly_price_e8=yearly)
        if charge.form != Form.BRACKETS or charge.fill == Fill.CALENDAR_YEAR:
            return Explained()  # edges that count from 1 January say nothing about this row alone
        # The loop of rating's `rate_brackets`, without the quantity.
        lower = 0
        for number in range(variant.first, variant.last):
            size = tables.brackets[number].size
            upper: int | None = None
            if size >= 0:
                count = count_of(piece, tables.brackets[number].basis)
                divisor = 1 if charge.fill == Fill.PER_DAY else piece.year_days
                width = scaled_size(size, count, piece.days, divisor, charge.step, charge.edge_up)
                upper = lower + width if charge.widths else max(lower, width)
            if number - variant.first == bracket:
                return Explained(lower_milli=lower or None, upper_milli=upper)
            lower = upper if upper is not None else lower
        return Explained()
