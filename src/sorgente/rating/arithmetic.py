"""The few roundings a charge goes through, each in one place (docs/rounding.md says which and why).

litre (1e-3 m3) x price_e8 (1e-8 EUR/m3) = 1e-11 EUR; a cent is 1e9 of these
yearly price_e8 x count x days / 365     = 1e-8 EUR;  a cent is 1e6 of these
"""

from __future__ import annotations

from sorgente.rating.lazy import Kernel

TINY_PER_CENT = 1_000_000_000
E8_PER_CENT = 1_000_000


@Kernel
def half_up(numerator: int, denominator: int) -> int:
    """Return numerator / denominator to a whole number, half away from zero; denominator > 0."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((2 * -numerator + denominator) // (2 * denominator))


@Kernel
def to_cents(numerator: int, denominator: int, up: int) -> int:
    """Return a row in whole cents: half-up, or away from zero where the tariff says `up`."""
    if up == 0:
        return half_up(numerator, denominator)
    if numerator >= 0:
        return (numerator + denominator - 1) // denominator
    return -((-numerator + denominator - 1) // denominator)


@Kernel
def scaled_size(micro: int, count: int, days: int, year_days: int, step: int, up: int) -> int:
    """Return an annual edge or width (millionths of a unit) for a number of days, in thousandths.

    count      persons, units or 1; step  thousandths it is rounded to, half-up or up
    """
    numerator = micro * count * days
    denominator = 1000 * year_days * step
    if up == 0:
        return (2 * numerator + denominator) // (2 * denominator) * step
    return (numerator + denominator - 1) // denominator * step


@Kernel
def share(total: int, done: int, whole: int) -> int:
    """Return what of a total belongs to the first `done` of `whole` days: differences of it always add up."""
    return (2 * total * done + whole) // (2 * whole)


@Kernel
def part_between(lower: int, upper: int, start: int, end: int) -> int:
    """Return how much of [start, end) lies in the bracket [lower, upper)."""
    return max(0, min(end, upper) - max(start, lower))
