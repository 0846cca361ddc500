"""Dates, amounts and labels as an Italian customer reads them on the bill."""

from __future__ import annotations

from datetime import date, timedelta

from sorgente.billing.core.document import Address, BillKind, ChargeRow, ReadKind
from sorgente.shared.money import euro, units_text

MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
READ_WORDS = {
    ReadKind.ACTUAL: "effettiva",
    ReadKind.SELF: "autolettura",
    ReadKind.ESTIMATED: "stimata",
    ReadKind.REBUILT: "ricostruita",
}
KIND_WORDS = {
    BillKind.ADVANCE: "acconto su consumi stimati",
    BillKind.BALANCE: "conguaglio su consumi effettivi",
    BillKind.MIXED: "conguaglio e acconto",
    BillKind.CLOSING: "chiusura della fornitura",
    BillKind.CORRECTION: "rettifica",
    BillKind.CREDIT_NOTE: "a storno di bollette precedenti",
    BillKind.SUNDRY: "altre partite del contratto",
}
_ONE_DAY = timedelta(days=1)


def long_day(day: date) -> str:
    """Return "1° gennaio 2026"."""
    return f"{'1°' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """Return "01/01/2026"."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def day_and_month(day: date) -> str:
    """Return "1° gennaio"."""
    return f"{'1°' if day.day == 1 else day.day} {MONTHS[day.month - 1]}"


def long_period(start: date, end: date) -> str:
    """Return "1° gennaio – 31 marzo 2026", the latest day included."""
    latest = end - _ONE_DAY
    first = day_and_month(start) if start.year == latest.year else long_day(start)
    return f"{first} – {long_day(latest)}"


def short_period(start: date, end: date) -> str:
    """Return "01/01/26 – 31/03/26", the latest day included."""
    return f"{start:%d/%m/%y} – {end - _ONE_DAY:%d/%m/%y}"


def month(day: date) -> str:
    """Return "mar"."""
    return MONTHS[day.month - 1][:3]


def months(start: date, end: date) -> str:
    """Return "dic – giu 26": the months of the first and of the latest day, with the year of the latter."""
    latest = end - _ONE_DAY
    return f"{month(start)}\u00a0–\u00a0{month(latest)}\u00a0{latest:%y}"


def amount(cents: int) -> str:
    """Return "1.234,56", with a true minus sign."""
    return euro(cents)[:-2].replace("-", "−")


def euros(cents: int) -> str:
    """Return "1.234,56 €", with a blank that never breaks."""
    return f"{amount(cents)}\u00a0€"


def price(price_e8: int) -> str:
    """Return a price with 6 decimals, 8 where it has them: "0,684210"."""
    sign = "−" if price_e8 < 0 else ""
    whole, part = divmod(abs(price_e8), 100_000_000)
    decimals = f"{part:08d}"
    return f"{sign}{whole},{decimals[:6] if decimals.endswith('00') else decimals}"


def short_price(price_e8: int) -> str:
    """Return a price with 2 decimals, more where it has them: "27,454", "30,00"."""
    sign = "−" if price_e8 < 0 else ""
    whole, part = divmod(abs(price_e8), 100_000_000)
    return f"{sign}{whole},{f'{part:08d}'.rstrip('0'):0<2}"


def cubic_metres(milli: int) -> str:
    """Return "18,25" for 18250 litres."""
    return units_text(milli).replace("-", "−")


def quantity(row: ChargeRow) -> str:
    """Return the quantity with its unit: "18,25 m³", "90 giorni", "90 giorni × 24 unità"."""
    milli = row.quantity_milli
    if milli is None:
        return ""
    if row.unit == "m3":
        return f"{cubic_metres(milli)} m³"
    if row.unit != "day":
        return cubic_metres(milli)
    days = (row.end - row.start).days
    units, rest = divmod(abs(milli), days * 1000)
    if rest == 0 and units > 1:
        return f"{'−' if milli < 0 else ''}{days} gg × {units} unità"
    return f"{cubic_metres(milli)} giorni"


def bracket(row: ChargeRow) -> str:
    """Return "fino a 18,25 m³", "da 18,25 a 45,6 m³", "oltre 201 m³", or nothing."""
    low, high = row.bracket_from_milli, row.bracket_to_milli
    if high is not None:
        return f"da {cubic_metres(low)} a {cubic_metres(high)} m³" if low else f"fino a {cubic_metres(high)} m³"
    return f"oltre {cubic_metres(low)} m³" if low else ""


def rate(vat_rate_e2: int) -> str:
    """Return "10 %"."""
    whole, part = divmod(vat_rate_e2, 100)
    return f"{whole},{part:02d} %" if part else f"{whole} %"


def room(text: str) -> int:
    """Return how many ordinary letters the text takes the place of: a capital is a third wider."""
    return len(text) + sum(map(str.isupper, text)) // 3


def grouped_by_four(digits: str) -> str:
    """Return a notice number as it is printed: "3012 0260 0000 0123 32"."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def address_lines(address: Address) -> list[str]:
    """Return street, detail, town, country, leaving out what is empty."""
    town = " ".join(part for part in (address.postcode if address.country == "IT" else "", address.town) if part)
    if address.province:
        town += f" {address.province}"
    street = f"{address.street} {address.number}".strip()
    return [line for line in (street, address.detail, town, "" if address.country == "IT" else address.country) if line]


def one_line(address: Address) -> str:
    """Return the address on one line."""
    return ", ".join(address_lines(address))
