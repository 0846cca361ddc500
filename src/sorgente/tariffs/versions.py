"""Which version of a tariff governs a day, as known on another day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.model import NeutralTariff

DatedVersion = tuple[NeutralTariff, date, date | None]  # a version and the days it governs, half-open


class OverlappingVersions(SorgenteError):
    code = "tariffs.book.overlapping-versions"


def versions_of(tariffs: Iterable[NeutralTariff], *, known_on: date | None = None) -> dict[str, list[DatedVersion]]:
    """Return, by family in order, the versions known on a day and the days each governs; raises OverlappingVersions."""
    families: dict[str, list[NeutralTariff]] = {}
    for item in tariffs:
        if known_on is None or item.published is None or item.published <= known_on:
            families.setdefault(item.family, []).append(item)
    return {family: _versions(families[family]) for family in sorted(families)}


def _versions(tariffs: list[NeutralTariff]) -> list[DatedVersion]:
    latest: dict[date, NeutralTariff] = {}
    for tariff in sorted(tariffs, key=lambda item: (item.start, item.published or date.min)):
        latest[tariff.start] = tariff
    ordered = list(latest.values())
    versions = []
    for tariff, after in zip(ordered, [*ordered[1:], None], strict=True):
        following = None if after is None else after.start
        if (
            tariff.end is not None
            and following is not None
            and following < tariff.end
            and after is not None
            and after.published is None
        ):
            raise OverlappingVersions(
                f"Tariff {tariff.family}",
                f"Version {tariff.id} lasts until {tariff.end} and another starts on {following}.",
                "Correct valid_to of the earlier version.",
            )
        ends = [end for end in (tariff.end, following) if end is not None]
        versions.append((tariff, tariff.start, min(ends) if ends else None))
    return versions
