"""Money is whole cents, prices are whole hundred-millionths of a euro, quantities whole thousandths.

quantity_milli (1e-3 units) x price_e8 (1e-8 EUR per unit) = 1e-11 EUR; a cent is 1e9 of these.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from sorgente.shared.errors import SorgenteError

TINY_PER_CENT = 1_000_000_000
PRICE_SCALE = 100_000_000
QUANTITY_SCALE = 1_000
LARGEST_EXPONENT = 30  # no amount or quantity of ours has more digits; a larger one would eat the memory


class NotANumber(SorgenteError):
    code = "shared.number.not-a-number"


class TooPrecise(SorgenteError):
    code = "shared.number.too-precise"


def _decimal(text: str | int | Decimal, what: str) -> Decimal:
    if isinstance(text, float):
        raise NotANumber(what, f"{text!r} is a floating point number.", 'Write it as text, for example "1.25".')
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        raise NotANumber(what, f"{text!r} is not a decimal number.", "Write it with digits and one point.") from None
    if not value.is_finite():
        raise NotANumber(what, f"{text!r} is not a finite number.", "Write it with digits and one point.")
    if value and not -LARGEST_EXPONENT <= value.adjusted() <= LARGEST_EXPONENT:
        raise NotANumber(what, f"{text!r} is out of all measure.", "Write it with digits and one point.")
    return value


def _scaled(text: str | int | Decimal, scale: int, what: str) -> int:
    value = _decimal(text, what) * scale
    whole = value.to_integral_value()
    if whole != value:
        places = len(str(scale)) - 1
        raise TooPrecise(what, f"{text} has more than {places} decimals.", f"Give at most {places} decimals.")
    return int(whole)


def cents_from_euro(text: str | int | Decimal, *, what: str = "amount") -> int:
    """Return whole cents; raises NotANumber or TooPrecise, never rounds."""
    return _scaled(text, 100, what)


def price_e8_from_euro(text: str | int | Decimal, *, what: str = "price") -> int:
    """Return a price in hundred-millionths of a euro per unit; raises rather than rounds."""
    return _scaled(text, PRICE_SCALE, what)


def milli_from_units(text: str | int | Decimal, *, what: str = "quantity") -> int:
    """Return a quantity in thousandths (litres for cubic metres, Wh for kWh); raises rather than rounds."""
    return _scaled(text, QUANTITY_SCALE, what)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded to a whole number, half away from zero; denominator > 0."""
    if denominator <= 0:
        raise ValueError(f"Denominator {denominator} is not positive.")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def charge_cents(quantity_milli: int, price_e8: int) -> int:
    """Return quantity x price in cents, rounded once, half away from zero."""
    return divide_half_up(quantity_milli * price_e8, TINY_PER_CENT)


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Return the value with so many decimals, half away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def euro(cents: int) -> str:
    """Return an amount as an Italian reads it: 1.234,56 €."""
    sign = "-" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", ".") + f",{part:02d} €"


def euro_xml(cents: int) -> str:
    """Return an amount as XML files write it: 1234.56."""
    sign = "-" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    return f"{sign}{whole}.{part:02d}"


def units_text(quantity_milli: int) -> str:
    """Return thousandths as an Italian reads units, without useless zeros: 12.345,6."""
    sign = "-" if quantity_milli < 0 else ""
    whole, part = divmod(abs(quantity_milli), 1000)
    text = f"{sign}{whole:,}".replace(",", ".")
    return text if part == 0 else f"{text},{part:03d}".rstrip("0")
