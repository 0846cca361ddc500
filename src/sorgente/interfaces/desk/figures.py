"""Figures and days as people read them, in the language of the page."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

from sorgente.shared.money import PRICE_SCALE, QUANTITY_SCALE, round_half_up

MINUS = "\u2212"
SPACE = "\u00a0"


def euro_text(cents: int) -> str:
    """Return 1.234,56 € in Italian, €1,234.56 in English."""
    figure = number_format(Decimal(abs(cents)).scaleb(-2), decimal_pos=2, use_l10n=True, force_grouping=True)
    sign = MINUS if cents < 0 else ""
    return f"{sign}€{figure}" if get_language() == "en" else f"{sign}{figure}{SPACE}€"


def euro_short_text(cents: int) -> str:
    """Return whole euros, in thousands or millions where they are many: 1,2 mln €."""
    magnitude = Decimal(abs(cents)).scaleb(-2)
    english = get_language() == "en"
    if magnitude >= 1_000_000:
        figure, unit = _rounded(magnitude / 1_000_000, 2), "M" if english else f"{SPACE}mln"
    elif magnitude >= 10_000:
        figure, unit = _rounded(magnitude / 1000, 1), "k" if english else f"{SPACE}mila"
    else:
        figure, unit = _rounded(magnitude, 0), ""
    sign = MINUS if cents < 0 else ""
    return f"{sign}€{figure}{unit}" if english else f"{sign}{figure}{unit}{SPACE}€"


def units_text(quantity_milli: int, decimals: int | None = None) -> str:
    """Return thousandths as units, without useless zeros unless `decimals` says how many."""
    value = Decimal(abs(quantity_milli)) / QUANTITY_SCALE
    places = decimals if decimals is not None else max(0, -_exponent(value.normalize()))
    figure = _rounded(value, places)
    return (MINUS if quantity_milli < 0 else "") + figure


def price_text(price_e8: int) -> str:
    """Return a unit price in euros with six decimals, eight where it has them."""
    value = (Decimal(abs(price_e8)) / PRICE_SCALE).normalize()
    places = 6 if -_exponent(value) <= 6 else 8
    return (MINUS if price_e8 < 0 else "") + number_format(value, decimal_pos=places, use_l10n=True)


def percent_text(part: int, whole: int) -> str:
    """Return part / whole with one decimal: 7,7 %; a dash when there is no whole."""
    if whole == 0:
        return "–"
    figure = _rounded(Decimal(100 * part) / whole, 1)
    return f"{figure}%" if get_language() == "en" else f"{figure}{SPACE}%"


def day_text(day: date | None) -> str:
    """Return 31/03/2026: every figure of a column stands under its like."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def long_day_text(day: date | None) -> str:
    """Return 31 marzo 2026, 1° aprile 2026."""
    if day is None:
        return ""
    text = date_format(day, "j F Y")
    if get_language() == "en":
        return text
    return f"1° {text[2:]}".lower() if day.day == 1 else text.lower()


def period_text(start: date | None, end: date | None) -> str:
    """Return a half-open period as print says it: 01/01/2026 – 31/03/2026."""
    if start is None:
        return ""
    return f"{day_text(start)} – {day_text(end - timedelta(days=1)) if end else '…'}"


def _rounded(value: Decimal, places: int) -> str:
    # number_format alone would cut the decimals off.
    return number_format(round_half_up(value, places), decimal_pos=places, use_l10n=True, force_grouping=True)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent
