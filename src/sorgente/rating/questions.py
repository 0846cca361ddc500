"""Rate questions put as values, one answer each: what `sorgente rate` asks, without Arrow and NumPy.

{"id","category","from","to","quantity","persons"?,"units"?,"services"?,"meter_size"?,"commitment"?,"bonus"?,
 "other_units"?,"year_to_date"?}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sorgente.rating.engine import Written, rate_plain
from sorgente.rating.refusals import message_of
from sorgente.rating.span_kernel import ConditionColumns, RowColumns, SpanColumns
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import divide_half_up, milli_from_units
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.classes import METER_MM
from sorgente.tariffs.model import ALL_SERVICES, SERVICE_CODES, Kind
from sorgente.tariffs.tables import number_of

KINDS = {kind: kind.name.lower() for kind in Kind}
_LONGEST_NUMBER = 24  # characters; 1e999999999 is short and would fill the memory
_KNOWN = {
    "id", "category", "from", "to", "quantity", "persons", "units", "other_units", "services", "bonus", "meter_size",
    "commitment", "year_to_date",
}  # fmt: skip


class BadQuestion(SorgenteError):
    """A field of the question is missing or cannot be read."""

    code = "rating.question.bad"


@dataclass(frozen=True, slots=True)
class Question:
    """One period to rate, in whole numbers; days since 1970-01-01, half-open."""

    start: int
    end: int
    quantity_milli: int
    prior_milli: int
    category: int
    persons: int
    units: int
    other_units: int
    services: int
    bonus: bool
    meter_mm: int
    commitment_milli: int


def question_from(fields: Mapping[str, Any], book: TariffBook) -> Question:
    """Return the question; raises BadQuestion, UnknownCategory or a number error, each naming the field."""
    for name in fields:
        if name not in _KNOWN:
            raise BadQuestion(f"Field {name}", "It is not known.", f"Fields are: {', '.join(sorted(_KNOWN))}.")
    year_to_date = fields.get("year_to_date")
    return Question(
        start=number_of(_day(fields, "from")),
        end=number_of(_day(fields, "to")),
        quantity_milli=_milli(fields, "quantity"),
        prior_milli=-1 if year_to_date is None else _milli(fields, "year_to_date"),
        category=book.category_index(str(_needed(fields, "category"))),
        persons=_whole(fields, "persons", 0),
        units=_whole(fields, "units", 1),
        other_units=_whole(fields, "other_units", 0),
        services=_services(fields.get("services")),
        bonus=_flag(fields),
        meter_mm=_meter(fields.get("meter_size")),
        commitment_milli=0 if fields.get("commitment") is None else _milli(fields, "commitment"),
    )


def _needed(fields: Mapping[str, Any], name: str) -> Any:
    if fields.get(name) is None:
        raise BadQuestion(f"Field {name}", "It is missing.", "Give it.")
    return fields[name]


def _day(fields: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(_needed(fields, name)))
    except ValueError:
        raise BadQuestion(f"Field {name}", f"{fields[name]!r} is not a day.", "Write it as 2026-01-31.") from None


def _milli(fields: Mapping[str, Any], name: str) -> int:
    if len(str(_needed(fields, name))) > _LONGEST_NUMBER or "e" in str(fields[name]).lower():
        raise BadQuestion(
            f"Field {name}", f"{str(fields[name])[:40]!r} is no plain decimal number.", "Write it as 12.345."
        )
    milli = milli_from_units(fields[name], what=f"Field {name}")
    if milli < 0:
        raise BadQuestion(f"Field {name}", f"{fields[name]} is below zero.", "Give zero or more.")
    return milli


def _whole(fields: Mapping[str, Any], name: str, default: int) -> int:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 32_767:
        raise BadQuestion(f"Field {name}", f"{value!r} is not a whole number from 0 to 32767.", "Give one.")
    return value


def _flag(fields: Mapping[str, Any]) -> bool:
    value = fields.get("bonus", False)
    if not isinstance(value, bool):
        raise BadQuestion("Field bonus", f"{value!r} is neither true nor false.", "Give true or false.")
    return value


def _services(names: Any) -> int:
    if names is None:
        return ALL_SERVICES
    if not isinstance(names, list) or any(name not in SERVICE_CODES for name in names):
        raise BadQuestion(
            "Field services", f"{names!r} is not a list of services.", f"Use: {', '.join(SERVICE_CODES)}."
        )
    mask = 0
    for name in names:
        mask |= SERVICE_CODES[name]
    return mask


def _meter(size: Any) -> int:
    if size is None:
        return 0
    if isinstance(size, int) and not isinstance(size, bool) and size > 0:
        return size
    if size not in METER_MM:
        raise BadQuestion("Field meter_size", f"{size!r} is no meter size.", 'Give millimetres or inches such as 3/4".')
    return METER_MM[size]


def answers(questions: list[Question], book: TariffBook, family: int = 0) -> Iterator[dict[str, Any]]:
    """Rate the questions and yield, in order, rows and totals or an error."""
    number = list(range(len(questions)))
    spans = SpanColumns(
        number, number, [q.start for q in questions], [q.end for q in questions],
        [q.quantity_milli for q in questions], [q.prior_milli for q in questions],
    )  # fmt: skip
    conditions = ConditionColumns(
        number, spans.start, [max(q.end, q.start + 1) for q in questions], [family] * len(questions),
        [q.category for q in questions], [q.persons for q in questions], [q.units for q in questions],
        [q.other_units for q in questions], [q.services for q in questions], [int(q.bonus) for q in questions],
        [q.meter_mm for q in questions], [q.commitment_milli for q in questions], [0] * len(questions),
    )  # fmt: skip
    written = rate_plain(spans, conditions, book)
    rows = _by_span(written)
    for place in number:
        if written.refusals.refusal[place]:
            yield {"error": message_of(book, *(column[place] for column in written.refusals))}
        else:
            yield _answer(rows.get(place, []), book)


def _by_span(written: Written) -> dict[int, list[RowColumns]]:
    rows: dict[int, list[RowColumns]] = {}
    for block in written.blocks:
        for row in map(RowColumns._make, zip(*block, strict=True)):
            rows.setdefault(row.span_id, []).append(row)
    return rows


def _answer(rows: list[RowColumns], book: TariffBook) -> dict[str, Any]:
    base: dict[int, int] = {}
    for row in rows:
        base[row.vat] = base.get(row.vat, 0) + row.cents
    net = sum(base.values())
    vat = sum(divide_half_up(cents * rate, 10_000) for rate, cents in base.items())
    return {
        "rows": [
            {
                "service": book.rules[row.rule].service,
                "kind": KINDS[row.kind],
                "bracket": book.rules[row.rule].bracket_name(row.bracket),
                "quantity": _decimal(row.quantity, 3),
                "unit_price": _decimal(row.unit_price, 8),
                "cents": row.cents,
            }
            for row in rows
        ],
        "net_cents": net,
        "vat_cents": vat,
        "total_cents": net + vat,
    }


def _decimal(whole: int, places: int) -> str:
    """Return whole / 10**places as a plain decimal text without useless zeros."""
    text = f"{Decimal(whole).scaleb(-places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
