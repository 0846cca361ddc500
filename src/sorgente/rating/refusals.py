"""Why a span was not rated: a code that never changes and a message that says what to do."""

from __future__ import annotations

from enum import IntEnum

from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.tables import day_of


class Refusal(IntEnum):
    """Number of a refusal inside the kernel; `code_of` gives its public code."""

    EMPTY_SPAN = 1
    NEGATIVE_QUANTITY = 2
    NO_CONDITIONS = 3
    OVERLAPPING_CONDITIONS = 4
    NO_TARIFF = 5
    NO_CATEGORY = 6
    CATEGORY_REFUSED = 7
    LINE_REFUSED = 8
    PERSONS_UNKNOWN = 9
    LARGE_HOUSEHOLD = 10
    NO_CLASS = 11
    NOT_WHOLE_MONTHS = 12
    BEYOND_BRACKETS = 13
    TOO_LARGE = 14
    NO_YEAR_TOTAL = 15
    CONDITIONS_OUT_OF_RANGE = 16
    NO_COMMITMENT = 17


def code_of(refusal: int) -> str:
    """Return the public code, `rating.span.no-tariff` and the like."""
    return f"rating.span.{Refusal(refusal).name.lower().replace('_', '-')}"


def message_of(book: TariffBook, refusal: int, detail: int, family: int, category: int) -> str:
    """Return what was found and what to do; `detail` is a day, a charge or an index, by refusal."""
    code = book.category_codes[category] if 0 <= category < len(book.category_codes) else f"number {category}"
    name = book.families[family] if 0 <= family < len(book.families) else f"number {family}"
    if refusal == Refusal.EMPTY_SPAN:
        return "The period has no day. Give an end after the start; the end is excluded."
    if refusal == Refusal.NEGATIVE_QUANTITY:
        return "The quantity is below zero. Credit the earlier rows instead of rating a negative quantity."
    if refusal == Refusal.NO_CONDITIONS:
        return f"The contract has no conditions on {day_of(detail)}. Record its use category and tariff for that day."
    if refusal == Refusal.OVERLAPPING_CONDITIONS:
        return f"Two conditions of the contract hold on {day_of(detail)}. End the earlier one."
    if refusal == Refusal.CONDITIONS_OUT_OF_RANGE:
        return f"On {day_of(detail)} the contract has units or a commitment out of range. Record at least one unit."
    if refusal == Refusal.NO_TARIFF:
        return f"Tariff {name} has no version in force on {day_of(detail)}. Load the version of that day."
    if refusal == Refusal.NO_CATEGORY:
        return f"Tariff {name} has no use category {code} on {day_of(detail)}. Use one of its categories."
    if refusal in (Refusal.CATEGORY_REFUSED, Refusal.LINE_REFUSED):
        return f"Use category {code} cannot be priced: {book.refusals[detail]}"
    line = book.rules[detail]
    where = f"{line.tariff} {line.path} ({line.service})"
    if refusal == Refusal.PERSONS_UNKNOWN:
        return f"{where} goes by persons, and their number is not known. Record the household."
    if refusal == Refusal.LARGE_HOUSEHOLD:
        return f"{where} goes by persons, and its edges for so large a household are not published. Load them."
    if refusal == Refusal.NO_COMMITMENT:
        return f"{where} goes by the contract's commitment, power or surface, which is not known. Record it."
    if refusal == Refusal.NO_CLASS:
        return f"{where} has no price for the household, meter size or power of the contract. Correct one of the two."
    if refusal == Refusal.NOT_WHOLE_MONTHS:
        return f"{where} is priced by the month, and the period is not a number of whole months. Bill whole months."
    if refusal == Refusal.BEYOND_BRACKETS:
        return f"{where} has no price beyond its highest bracket. Load the missing bracket."
    if refusal == Refusal.NO_YEAR_TOTAL:
        return (
            f"{where} fills brackets from 1 January, and the quantity since then is not known. Give it as year_to_date."
        )
    return f"{where}: the figures are too large to be multiplied exactly. Check quantity, units and days."
