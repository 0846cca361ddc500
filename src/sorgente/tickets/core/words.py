"""Days and amounts as a letter to a customer writes them."""

from __future__ import annotations

from datetime import date

_MONTHS = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()


def day_words(day: date) -> str:
    """Return 31 marzo 2026."""
    number = "1°" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def euro_words(cents: int) -> str:
    """Return 1.234,56 €."""
    sign = "-" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", ".") + f",{part:02d} €"


def units_words(milli: int) -> str:
    """Return thousandths of a unit as whole units, without the red digits: 1.234."""
    return f"{milli // 1000:,}".replace(",", ".")
