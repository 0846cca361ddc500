"""What a printed row is, in one or two plain sentences, for the customer who asks "and this?"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from sorgente.billing.core.document import UNIT_CUBIC_METRE, UNIT_DAY, ChargeKind, ChargeRow
from sorgente.billing.core.row_words import EN, IT, WORDS, RowWords
from sorgente.shared.money import euro, units_text

_ONE_DAY = timedelta(days=1)
_ENGLISH_FIGURES = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class RowExplanation:
    """One row of a bill and what it is.

    source  who decided its price; empty where nobody did
    note    that its water is estimated; empty where it is not, and on what is paid by day
    """

    heading: str
    label: str
    cents: int
    vat_rate_e2: int
    sentence: str
    reckoning: str  # "18,25 m³ × 0,43 € = 7,85 €"; empty where the row is an amount alone
    source: str
    note: str


def explain_row(row: ChargeRow, *, cite: str, language: str = "it") -> RowExplanation:
    """Return what a printed row is; cite is the act under its price, as the rules say it.

    language  of sentence and reckoning, "it" or "en"; heading, label and source stay as the bill and the act have them
    """
    words = WORDS.get(language, IT)
    return RowExplanation(
        heading=row.service,
        label=row.label[:1].upper() + row.label[1:],
        cents=row.cents,
        vat_rate_e2=row.vat_rate_e2,
        sentence=_sentence(row, words),
        reckoning=_reckoning(row, words),
        source=_source(cite),
        note=words.estimated if row.is_estimated and row.kind is not ChargeKind.FIXED else "",
    )


def _sentence(row: ChargeRow, words: RowWords) -> str:
    if row.code in words.one_offs:
        return words.one_offs[row.code]
    return words.what.get(row.kind) or _by_volume(row, words)


def _by_volume(row: ChargeRow, words: RowWords) -> str:
    if row.kind is not ChargeKind.VARIABLE:
        return words.by_tariff
    low, high = row.bracket_from_milli, row.bracket_to_milli
    if high is None and not low:
        return words.by_cubic_metre
    pattern = words.first if not low else words.beyond if high is None else words.between
    return pattern.format(
        low=_figure(units_text(low or 0), words), high=_figure(units_text(high or 0), words),
        days=(row.end - row.start).days,
    )  # fmt: skip


def _reckoning(row: ChargeRow, words: RowWords) -> str:
    if not row.quantity_milli or row.unit_price_e8 is None:
        return ""
    price, amount = _price(abs(row.unit_price_e8), words), _amount(row.cents, words)
    if row.unit == UNIT_CUBIC_METRE:
        return words.per_m3.format(quantity=_figure(units_text(row.quantity_milli), words), price=price, amount=amount)
    if row.unit == UNIT_DAY:
        text = words.per_day.format(quantity=_days(row, words), price=price, amount=amount)
        if row.yearly_price_e8 is None:
            return text
        return f"{text} {words.by_year.format(price=_price(row.yearly_price_e8, words))}"
    return words.piece.format(start=f"{row.start:%d/%m/%Y}", end=f"{row.end - _ONE_DAY:%d/%m/%Y}", amount=amount)


def _days(row: ChargeRow, words: RowWords) -> str:
    days = (row.end - row.start).days
    units, rest = divmod(abs(row.quantity_milli or 0), days * 1000)
    if units > 1 and rest == 0:
        return words.days_and_units.format(days=days, units=units)
    return words.days.format(days=_figure(units_text(row.quantity_milli or 0), words))


def _price(price_e8: int, words: RowWords) -> str:
    whole, part = divmod(price_e8, 100_000_000)
    return _figure(f"{whole},{f'{part:08d}'.rstrip('0'):0<2}", words)


def _amount(cents: int, words: RowWords) -> str:
    if words is not EN:
        return euro(cents)
    figure = _figure(euro(abs(cents)), words).removesuffix(" €")
    return f"-€{figure}" if cents < 0 else f"€{figure}"


def _figure(text: str, words: RowWords) -> str:
    """Return an Italian figure as the language writes it."""
    return text.translate(_ENGLISH_FIGURES) if words is EN else text


def _source(cite: str) -> str:
    """Return a citation of the rules as an Italian reads it."""
    words = {"article": "articolo", "comma": "comma", "annex": "allegato", "paragraph": "paragrafo"}
    text = re.sub(r"\b(article|comma|annex|paragraph)\b", lambda found: words[found[0]], cite)
    return re.sub(r"\s*⚠.*$", "", text)
