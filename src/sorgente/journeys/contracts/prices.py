"""What a contract says about prices: the tariff's act, its prices one by one, how many bills a year."""

from __future__ import annotations

from datetime import date

import numpy as np

from sorgente.billing.core.frequency import bills_a_year
from sorgente.shared.money import divide_half_up
from sorgente.tariffs.library import tariffs
from sorgente.tariffs.model import Clock, Count, Form, NeutralTariff
from sorgente.tariffs.rules import rules

_SERVICES = {"acquedotto": "Acquedotto", "fognatura": "Fognatura", "depurazione": "Depurazione"}
_PER = {Count.UNIT: " per unità", Count.PERSON: " per residente", Count.OTHER_UNIT: " per unità non domestica"}
_TIMES = {
    Clock.YEAR_DAYS: "€/anno", Clock.YEAR_MONTHS: "€/anno", Clock.DAYS: "€/giorno", Clock.MONTHS: "€/mese",
}  # fmt: skip


def tariff_act(family: str, *, on: date) -> str:
    """Return the act of the tariff in force on a day."""
    version = _version(family, on)
    return version.cite or version.id


def price_lines(family: str, category: str, *, on: date) -> list[dict[str, str]]:
    """Return name, amount and unit of every price of a use, as papers print them."""
    lines = []
    (use,) = (one for one in _version(family, on).categories if one.code == category)
    for charge in use.charges:
        service = _SERVICES.get(charge.service, charge.service.capitalize())
        for variant in charge.variants[:1]:
            if charge.form == Form.FIXED:
                unit = f"{_TIMES[charge.clock]}{_PER.get(charge.count, '')}"
                lines.append({"name": f"{service}, quota fissa", "amount": _euro(variant.price_e8, 2), "unit": unit})
            for bracket in variant.brackets:
                name = "" if len(variant.brackets) == 1 else f", {bracket.name}"
                lines.append(
                    {"name": f"{service}, consumo{name}", "amount": _euro(bracket.price_e8, 6), "unit": "€/m³"}
                )
    return lines


def bills_per_year(yearly_milli: int, *, units: int, on: date) -> int:
    """Return the fewest bills a year (RQSII art. 38)."""
    steps = rules().value("arera.billing.bills_per_year", on=on)
    return int(bills_a_year(np.array([yearly_milli]), np.array([units]), steps)[0])


def _version(family: str, on: date) -> NeutralTariff:
    found = [one for one in tariffs() if one.family == family and one.start <= on and (one.end is None or on < one.end)]
    return max(found, key=lambda one: (one.start, one.published or date.min))


def _euro(price_e8: int, places: int) -> str:
    """Return a price as printed: "0,647046"."""
    whole = divide_half_up(price_e8, 10 ** (8 - places))
    return f"{whole // 10**places},{whole % 10**places:0{places}d}"
