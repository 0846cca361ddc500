"""The uses of water a contract may be for, as the tariffs know them, and what each asks the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.library import tariffs

_ASKS = {"domestico residente": "residents", "domestico condominiale": "units"}


class UseNotOffered(SorgenteError):
    code = "customers.request.use-not-offered"


@dataclass(frozen=True, slots=True)
class Use:
    """A use category of a tariff; `asks` is residents, units or empty."""

    tariff: str
    category: str
    label: str
    asks: str


def uses_on(day: date) -> tuple[Use, ...]:
    """Return the uses offered on a day, in the order of the tariffs."""
    found: dict[tuple[str, str], Use] = {}
    for tariff in tariffs():
        if tariff.group != "water" or tariff.start > day or (tariff.end is not None and tariff.end <= day):
            continue
        for one in tariff.categories:
            found[tariff.family, one.code] = Use(tariff.family, one.code, one.label, _ASKS.get(one.ticsi, ""))
    return tuple(found.values())


def use_of(*, tariff: str, category: str, on: date) -> Use:
    """Return one use; raises UseNotOffered naming those there are."""
    offered = uses_on(on)
    for one in offered:
        if (one.tariff, one.category) == (tariff, category):
            return one
    raise UseNotOffered(
        f"Use {category} of tariff {tariff}",
        f"It is not offered on {on}.",
        f"Choose among: {', '.join(one.category for one in offered)}.",
    )
