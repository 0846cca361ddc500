"""`sorgente rules show --on DATE`: the rules and tariffs in force that day, one JSON line each, with citations."""

from __future__ import annotations

import argparse
import json
from datetime import date

from sorgente.shared.errors import WrongUse
from sorgente.tariffs.library import tariffs
from sorgente.tariffs.rules import NoValue, Rule, RuleEntry, rules
from sorgente.tariffs.versions import versions_of


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", required=True, metavar="DATE", help="day the rules apply to, as 2026-01-31")
    parser.add_argument("--known-on", metavar="DATE", help="leave out what was published later than this day")
    parser.add_argument("--id", default="", metavar="START", help="only rules whose id starts so")


def run(arguments: argparse.Namespace) -> int:
    """Print `{"id","says","from","value","cite","verified","note"?}` per rule in force; 1 when there is none."""
    day = _day(arguments.on, "--on")
    known_on = None if arguments.known_on is None else _day(arguments.known_on, "--known-on")
    shown = 0
    for rule in rules().under(arguments.id):
        try:
            entry = rule.on(day, known_on=known_on)
        except NoValue:
            continue
        print(json.dumps(_line(rule, entry), ensure_ascii=False, default=str))
        shown += 1
    for line in _tariff_lines(arguments.id, day, known_on):
        print(json.dumps(line, ensure_ascii=False))
        shown += 1
    return 0 if shown else 1


def _tariff_lines(start: str, day: date, known_on: date | None) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for family, versions in versions_of(tariffs(), known_on=known_on).items():
        for tariff, first, end in versions:
            if f"tariff.{family}".startswith(start) and first <= day and (end is None or day < end):
                lines.append(
                    {
                        "id": f"tariff.{family}",
                        "says": f"Prices of {tariff.operator}",
                        "from": first.isoformat(),
                        "value": tariff.id,
                        "cite": {"act": tariff.cite, "published": str(tariff.published or "")},
                        "verified": True,
                    }
                )
    return lines


def _line(rule: Rule, entry: RuleEntry) -> dict[str, object]:
    line: dict[str, object] = {
        "id": rule.id,
        "says": rule.says,
        "from": entry.start.isoformat(),
        "value": entry.value,
        "cite": dict(entry.cite),
        "verified": entry.verified,
    }
    unit = next((value for key, value in rule.fields.items() if key.endswith("_unit")), None)
    if unit:
        line["unit"] = unit
    if entry.note:
        line["note"] = entry.note
    return line


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(option, f"{text!r} is not a day.", "Write it as 2026-01-31.") from None
