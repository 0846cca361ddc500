"""Price one charge over one period in which nothing changes: the inner loop of rating.

Runs on lists in plain Python and on int64 arrays compiled; the enumerations are spelled as module constants because
compiled code knows whole numbers only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sorgente.rating.arithmetic import E8_PER_CENT, TINY_PER_CENT, half_up, part_between, scaled_size, to_cents
from sorgente.rating.lazy import Kernel
from sorgente.rating.refusals import Refusal
from sorgente.tariffs.model import Clock, Count, Fill, Form, Kind, Selector
from sorgente.tariffs.tables import YEAR_DAYS

OPEN = 4 * 10**18
_FIXED, _COMPONENT = int(Form.FIXED), int(Form.COMPONENT)
_UNIT, _PERSON, _OTHER_UNIT, _COMMITMENT = (
    int(Count.UNIT),
    int(Count.PERSON),
    int(Count.OTHER_UNIT),
    int(Count.COMMITMENT),
)
_DAYS, _YEAR_MONTHS, _MONTHS = int(Clock.DAYS), int(Clock.YEAR_MONTHS), int(Clock.MONTHS)
_CALENDAR_YEAR, _PER_DAY, _SLAB = int(Fill.CALENDAR_YEAR), int(Fill.PER_DAY), int(Fill.SLAB)
_BY_PERSONS, _BY_METER, _BY_COMMITMENT = int(Selector.PERSONS), int(Selector.METER_MM), int(Selector.COMMITMENT)
_PEREQUATION, _MINIMUM = int(Kind.PEREQUATION), int(Kind.MINIMUM)
_LINE_REFUSED = int(Refusal.LINE_REFUSED)
_PERSONS_UNKNOWN, _LARGE_HOUSEHOLD = int(Refusal.PERSONS_UNKNOWN), int(Refusal.LARGE_HOUSEHOLD)
_NO_CLASS, _NOT_MONTHS, _BEYOND = int(Refusal.NO_CLASS), int(Refusal.NOT_WHOLE_MONTHS), int(Refusal.BEYOND_BRACKETS)
_TOO_LARGE, _NO_YEAR_TOTAL = int(Refusal.TOO_LARGE), int(Refusal.NO_YEAR_TOTAL)
_NO_COMMITMENT = int(Refusal.NO_COMMITMENT)
_PRINTED_AT_MOST = 1_000_000  # count x days up to which the daily price with 8 decimals multiplies out to the cent


@dataclass(slots=True)
class Row:
    """One row of a piece: what differs from row to row. A structured array has the same fields in compiled code."""

    service: int = 0
    kind: int = 0
    bracket: int = 0
    quantity: int = 0
    unit_price: int = 0
    cents: int = 0
    rule: int = 0


class Piece(NamedTuple):
    """A period in which nothing changes, and the contract's terms during it; whole numbers throughout."""

    days: int
    year_days: int
    months: int  # whole months, -1 where the period is not whole months
    quantity: int
    prior: int  # quantity since 1 January before the period, -1 where it is not known
    persons: int
    units: int
    other_units: int
    services: int
    bonus: int
    meter: int
    commitment: int


@Kernel
def put(
    rows: Any, at: int, charge: Any, kind: int, bracket: int, quantity: int, price: int, cents: int, rule: int
) -> int:
    """Write one row and return the place of the next."""
    row = rows[at]
    row.service = charge.service
    row.kind = kind
    row.bracket = bracket
    row.quantity = quantity
    row.unit_price = price
    row.cents = cents
    row.rule = rule
    return at + 1


@Kernel
def count_of(piece: Any, basis: int) -> int:
    """Return what a price or an edge is multiplied by; below zero where the household is not known."""
    if basis == _UNIT:
        return piece.units  # type: ignore[no-any-return]
    if basis == _PERSON:
        return piece.persons  # type: ignore[no-any-return]
    if basis == _OTHER_UNIT:
        return piece.other_units  # type: ignore[no-any-return]
    if basis == _COMMITMENT:
        return piece.commitment  # type: ignore[no-any-return]
    return 1


@Kernel
def variant_of(variants: Any, charge: Any, piece: Any) -> int:
    """Return the variant of the charge that the contract's terms choose, -1 where none does."""
    value = 0
    if charge.selector == _BY_PERSONS:
        value = piece.persons
    elif charge.selector == _BY_METER:
        value = piece.meter
    elif charge.selector == _BY_COMMITMENT:
        value = piece.commitment
    for variant in range(charge.first, charge.last):
        if variants[variant].lowest <= value <= variants[variant].highest:
            return variant
    return -1


@Kernel
def rate_fixed(charge: Any, variant: Any, piece: Any, rows: Any, at: int, rule: int) -> tuple[int, int]:
    """Write the row of a charge by time: price x count x time, rounded once. Returns (next place, refusal)."""
    divisor = piece.year_days
    time = piece.days
    if charge.clock == _DAYS:
        divisor = 1
    elif charge.clock == _YEAR_MONTHS or charge.clock == _MONTHS:
        time = piece.months
        divisor = 12 if charge.clock == _YEAR_MONTHS else 1
        if time < 0:
            return at, _NOT_MONTHS
    times = count_of(piece, charge.basis) * time
    if charge.basis == _COMMITMENT and piece.commitment == 0:
        return at, _NO_COMMITMENT
    if times > variant.most:
        return at, _TOO_LARGE
    thousand = 1000 if charge.basis == _COMMITMENT else 1
    cents = to_cents(variant.price * times, E8_PER_CENT * divisor * thousand, charge.row_up)
    quantity = times * 1000 // thousand
    price = variant.day_price if divisor == YEAR_DAYS else half_up(variant.price, divisor)
    # What is printed must multiply out to the row; where it cannot, the row is printed as one piece.
    if quantity > _PRINTED_AT_MOST * 1000:
        quantity = 1000
        price = cents * E8_PER_CENT
    return put(rows, at, charge, charge.kind, -1, quantity, price, cents, rule), 0


@Kernel
def rate_component(charge: Any, variant: Any, piece: Any, rows: Any, at: int, rule: int) -> int:
    """Write the row of a pass-through component: quantity x price x number of billed services among its own."""
    bits = charge.needs & piece.services
    price = variant.price * ((bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1))
    if piece.quantity == 0:
        return at
    cents = to_cents(piece.quantity * price, TINY_PER_CENT, charge.row_up)
    return put(rows, at, charge, _PEREQUATION, -1, piece.quantity, price, cents, rule)


@Kernel
def rate_brackets(
    brackets: Any, charge: Any, variant: Any, piece: Any, rows: Any, at: int, rule: int
) -> tuple[int, int]:
    """Write one row per bracket the quantity reaches, each rounded once. Returns (next place, refusal)."""
    start = 0
    time, divisor = piece.days, piece.year_days
    if charge.fill == _CALENDAR_YEAR:
        if piece.prior < 0:
            return at, _NO_YEAR_TOTAL
        start = piece.prior
        time, divisor = 1, 1
    elif charge.fill == _PER_DAY:
        divisor = 1
    end = start + piece.quantity
    lower = 0
    for number in range(variant.first, variant.last):
        bracket = brackets[number]
        upper = OPEN
        if bracket.size >= 0:
            count = count_of(piece, bracket.basis)
            if count < 0:
                return at, _PERSONS_UNKNOWN
            if bracket.basis == _COMMITMENT and count == 0:
                return at, _NO_COMMITMENT
            if count * time > bracket.most:
                return at, _TOO_LARGE
            year = divisor * 1000 if bracket.basis == _COMMITMENT else divisor
            size = scaled_size(bracket.size, count, time, year, charge.step, charge.edge_up)
            upper = lower + size if charge.widths else max(lower, size)
        part = part_between(lower, upper, start, end)
        if charge.fill == _SLAB:
            part = piece.quantity if lower < end <= upper else 0
        kind = charge.kind
        if bracket.unused and part < upper - lower:
            part = upper - lower
            kind = _MINIMUM
        if part > 0:
            cents = to_cents(part * bracket.price, TINY_PER_CENT, charge.row_up)
            at = put(rows, at, charge, kind, number - variant.first, part, bracket.price, cents, rule)
        lower = upper
    if end > lower:
        return at, _BEYOND
    if variant.minimum > 0:
        least = scaled_size(variant.minimum, 1, piece.days, piece.year_days, 1, 0)
        if piece.quantity < least:
            price = brackets[variant.first].price
            part = least - piece.quantity
            at = put(
                rows, at, charge, _MINIMUM, 0, part, price, to_cents(part * price, TINY_PER_CENT, charge.row_up), rule
            )
    return at, 0


@Kernel
def rate_charge(
    charge: Any, variants: Any, brackets: Any, piece: Any, rows: Any, at: int, rule: int
) -> tuple[int, int]:
    """Write the rows of one charge over one period; returns (next place, refusal or 0)."""
    if charge.needs != 0 and charge.needs & piece.services == 0:
        return at, 0
    if charge.bonus_exempt and piece.bonus:
        return at, 0
    if charge.refusal >= 0:
        return at, _LINE_REFUSED
    if piece.persons <= 0 and (charge.selector == _BY_PERSONS or charge.basis == _PERSON):
        return at, _PERSONS_UNKNOWN if piece.persons > -2 else _LARGE_HOUSEHOLD
    variant = variant_of(variants, charge, piece)
    if variant < 0:
        return at, _NO_CLASS
    if charge.form == _FIXED:
        return rate_fixed(charge, variants[variant], piece, rows, at, rule)
    if charge.form == _COMPONENT:
        return rate_component(charge, variants[variant], piece, rows, at, rule), 0
    return rate_brackets(brackets, charge, variants[variant], piece, rows, at, rule)
