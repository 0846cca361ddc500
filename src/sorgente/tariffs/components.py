"""The national table of pass-through components (UI1 to UI4), from rules/arera/perequation/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sorgente.shared.money import price_e8_from_euro
from sorgente.tariffs.model import SERVICE_CODES, Component
from sorgente.tariffs.rules import RuleEntry, Rules, rules

PREFIX = "arera.water.perequation."


@lru_cache(maxsize=4)
def national_components(known_on: date | None = None) -> tuple[Component, ...]:
    """Return every component with the days it holds, as known on a day (None: all that is known)."""
    return components_of(rules(), known_on)


def components_of(book: Rules, known_on: date | None = None) -> tuple[Component, ...]:
    """Return the components of a set of rules; one whose price is null ends there."""
    found = []
    for rule in book.under(PREFIX):
        entries = rule.history(known_on)
        for entry, after in zip(entries, [*entries[1:], None], strict=True):
            if entry.value is not None:
                found.append(_component(rule.id, rule.fields, entry, None if after is None else after.start))
    return tuple(found)


def _component(rule_id: str, fields: Mapping[str, Any], entry: RuleEntry, end: date | None) -> Component:
    services = 0
    for name in entry.fields["services"]:
        services |= SERVICE_CODES[name]
    return Component(
        code=str(fields["component"]),
        start=entry.start,
        end=end,
        price_e8=price_e8_from_euro(str(entry.value), what=rule_id),
        services=services,
        bonus_exempt=bool(fields.get("bonus_holders_exempt", False)),
        path=rule_id,
        cite=entry.cited(),
    )
