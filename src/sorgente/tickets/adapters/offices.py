"""The offices of rules/tickets/offices.yaml."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from sorgente.shared.errors import SorgenteError
from sorgente.shared.paths import rules_dir
from sorgente.tariffs.rules import Rule, read_rule
from sorgente.tickets.core.offices import OFFICE_WORDS
from sorgente.tickets.core.taxonomy import CATEGORIES


class OfficesWrong(SorgenteError):
    code = "tickets.offices.wrong"


def office_of(category: str, *, on: date) -> str:
    """Return the office that answers a category on a day; raises OfficesWrong, NoValue."""
    return _by_category(rules_dir() / "tickets" / "offices.yaml", on)[category]


@lru_cache(maxsize=64)
def _by_category(file: Path, on: date) -> dict[str, str]:
    found: Rule | None = read_rule(file.read_text(encoding="utf-8"), file=f"tickets/{file.name}")
    if found is None:
        raise OfficesWrong(str(file), "It is no dated rule.", "Write id, says, applies_by and values.")
    table: dict[str, list[str]] = found.on(on).value
    offices = {category: office for office, categories in table.items() for category in categories}
    checked = sorted(set(CATEGORIES) ^ set(offices))
    if checked or any(office not in OFFICE_WORDS for office in table):
        raise OfficesWrong(
            str(file),
            f"A category is missing or unknown ({', '.join(checked) or 'an office has no name'}).",
            "Give every category of the taxonomy one office.",
        )
    return offices
