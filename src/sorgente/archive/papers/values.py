"""Check what a paper is given against what its template asks, and put it into Italian words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sorgente.archive.papers.catalogue import Template
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import euro

_ROME = ZoneInfo("Europe/Rome")
MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip


class PaperValueMissing(SorgenteError):
    code = "papers.value.missing"


class PaperValueWrong(SorgenteError):
    code = "papers.value.wrong"


class PaperValueUnknown(SorgenteError):
    code = "papers.value.unknown"


def worded_values(*, template: Template, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the drawing prints them: text, lists and groups of text; optional ones absent are null.

    raises  PaperValueMissing, PaperValueWrong, PaperValueUnknown, naming the value as "party.tax_code"
    """
    return _group(f"Paper {template.name} version {template.version}", template.values, values, "")


def long_day(day: date) -> str:
    """Return "1° gennaio 2026"."""
    return f"{'1°' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def _group(paper: str, asked: Mapping[str, Any], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    names = {name.rstrip("?").removesuffix("[]"): name for name in asked}
    for name in given:
        if name not in names:
            raise PaperValueUnknown(
                paper, f"It has no value {where}{name}.", f"Leave it out, or choose among: {', '.join(names)}."
            )
    worded: dict[str, Any] = {}
    for name, mark in names.items():
        full_name, kind, value = where + name, asked[mark], given.get(name)
        if value is None or value == "" or (value == [] and not mark.endswith("?")):
            if not mark.endswith("?"):
                raise PaperValueMissing(paper, f"{full_name} is missing.", f"Give {full_name}; it is printed.")
            worded[name] = [] if "[]" in mark else None
        elif "[]" in mark:
            worded[name] = _list(paper, kind, value, full_name)
        else:
            worded[name] = _one(paper, kind, value, full_name)
    return worded


def _list(paper: str, kind: Any, value: Any, name: str) -> list[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise PaperValueWrong(paper, f"{name} is {value!r}, not a list.", "Give a list.")
    return [_one(paper, kind, one, f"{name}[{at}]") for at, one in enumerate(value)]


def _one(paper: str, kind: Any, value: Any, name: str) -> Any:
    if isinstance(kind, Mapping):
        if not isinstance(value, Mapping):
            raise PaperValueWrong(paper, f"{name} is {value!r}, not a group.", f"Give {', '.join(kind)} by name.")
        return _group(paper, kind, value, f"{name}.")
    word, _, choices = kind.partition(":")
    if word == "choice":
        if value not in choices.split("|"):
            raise PaperValueWrong(paper, f"{name} is {value!r}.", f"Choose among: {choices.replace('|', ', ')}.")
        return str(value)
    wanted, worder = _WORDERS[word]
    # A datetime is a date and a bool is a number: neither is meant by who says so.
    if not isinstance(value, wanted) or (type(value) in (bool, datetime) and type(value) not in wanted):
        raise PaperValueWrong(paper, f"{name} is {value!r}, not a {word}.", "Give it in its own type.")
    return worder(value)


def _moment(at: datetime) -> str:
    local = at.astimezone(_ROME)
    return f"{long_day(local.date())}, ore {local:%H.%M}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _decimal(value: Decimal) -> str:
    whole, _, rest = f"{value:,f}".partition(".")
    return whole.replace(",", ".") + ("," + rest if rest else "")


_WORDERS: dict[str, tuple[tuple[type, ...], Any]] = {
    "text": ((str,), str),
    "date": ((date,), long_day),
    "moment": ((datetime,), _moment),
    "cents": ((int,), lambda cents: f"{euro(cents)[:-2].replace('-', '−')}\u00a0€"),
    "number": ((int,), _grouped),
    "decimal": ((Decimal,), _decimal),
    "flag": ((bool,), bool),
}
