"""Rules are dated data with their article: YAML files under rules/, looked up by two dates.

    in force on   the day the rule is applied to (supply, bill or event day, as `applies_by` says)
    known on      the day we ask from: what was published later was not known

A dated rule is a file with `applies_by`; each entry holds one `value`, `steps` or `table`, or several named figures.
A rule that ends does so by `value: null` (or `steps: null`) with its own citation; asking beyond it is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sorgente.shared.errors import SorgenteError
from sorgente.shared.paths import rules_dir

_APPLIES_BY = ("supply_day", "bill_day", "event_day")
_HOLDS = ("value", "steps", "table")
_REMARKS = ("verified", "note", "evidence", "amended_by")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RuleRefused(SorgenteError):
    """A rule file cannot be used; the message names file and place."""

    code = "tariffs.rule.refused"


class NoSuchRule(SorgenteError):
    code = "tariffs.rule.unknown"


class NoValue(SorgenteError):
    """The rule has no value on the day asked for, or none was known then."""

    code = "tariffs.rule.no-value"


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One dated value of a rule, with its citation; `fields` holds whatever else the entry says."""

    start: date
    value: Any
    cite: Mapping[str, Any]
    published: date | None
    verified: bool
    note: str
    fields: Mapping[str, Any]

    def cited(self) -> str:
        """Return the citation as one line."""
        parts = [str(self.cite["act"])]
        parts += [f"{name} {self.cite[name]}" for name in ("article", "comma", "annex") if name in self.cite]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with all its dated values, in order."""

    id: str
    says: str
    applies_by: str
    entries: tuple[RuleEntry, ...]
    fields: Mapping[str, Any]
    file: str

    def history(self, known_on: date | None = None) -> list[RuleEntry]:
        """Return the entries known on a day, one per first day: of two, the later published."""
        latest: dict[date, RuleEntry] = {}
        for entry in sorted(self.entries, key=lambda one: (one.start, one.published or date.min)):
            if known_on is None or entry.published is None or entry.published <= known_on:
                latest[entry.start] = entry
        return list(latest.values())

    def on(self, day: date, *, known_on: date | None = None) -> RuleEntry:
        """Return the entry in force on a day, as known on another; raises NoValue."""
        found = [entry for entry in self.history(known_on) if entry.start <= day]
        if not found:
            known = "" if known_on is None else f" known on {known_on}"
            raise NoValue(
                f"Rule {self.id}", f"It has no value{known} on {day}.", f"Add the value of that day to {self.file}."
            )
        if found[-1].value is None:
            raise NoValue(
                f"Rule {self.id}",
                f"It ended on {found[-1].start} ({found[-1].cited()}) and has no value on {day}.",
                "Do not apply it to that day.",
            )
        return found[-1]


class Rules:
    """All rules of a folder."""

    def __init__(self, found: Mapping[str, Rule]) -> None:
        self._rules = dict(sorted(found.items()))

    @classmethod
    def load(cls, folder: Path) -> Rules:
        """Read every YAML rule under the folder; raises RuleRefused naming file and place."""
        found: dict[str, Rule] = {}
        for path in sorted(folder.rglob("*.yaml")):
            name = path.relative_to(folder)
            rule = read_rule(path.read_text(encoding="utf-8"), file=str(name))
            if rule is None:
                continue
            if rule.id in found:
                raise RuleRefused(
                    f"{name} id", f"{rule.id} is also in {found[rule.id].file}.", "Give each rule its own id."
                )
            found[rule.id] = rule
        return cls(found)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def rule(self, rule_id: str) -> Rule:
        """Return the rule; raises NoSuchRule."""
        if rule_id not in self._rules:
            raise NoSuchRule(f"Rule {rule_id}", "There is none of this name.", "See sorgente rules show.")
        return self._rules[rule_id]

    def under(self, prefix: str) -> list[Rule]:
        """Return the rules whose id starts so, by id."""
        return [rule for rule in self if rule.id.startswith(prefix)]

    def entry(self, rule_id: str, *, on: date, known_on: date | None = None) -> RuleEntry:
        """Return the entry in force; raises NoSuchRule or NoValue, which name rule and day."""
        return self.rule(rule_id).on(on, known_on=known_on)

    def value(self, rule_id: str, *, on: date, known_on: date | None = None) -> Any:
        """Return the value in force: a text for decimals, an int, or the steps as written."""
        return self.entry(rule_id, on=on, known_on=known_on).value


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Rules:
    return Rules.load(folder)


def rules() -> Rules:
    """Return the rules of the project's folder, read once."""
    return _loaded(rules_dir())


def read_rule(text: str, *, file: str) -> Rule | None:
    """Return the rule written in a YAML text, None where it holds other data; raises RuleRefused."""
    try:
        content = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise RuleRefused(file, f"It is not YAML: {error}.", "Correct the file.") from None
    if not isinstance(content, dict):
        raise RuleRefused(file, "It is not a mapping.", "Write id, says, applies_by and values.")
    if "applies_by" not in content:
        return None
    _refuse_floats(content, file, "")
    for name in ("id", "says", "applies_by", "values"):
        if not content.get(name):
            raise RuleRefused(f"{file} {name}", "It is missing.", "Every rule has id, says, applies_by and values.")
    if content["applies_by"] not in _APPLIES_BY:
        raise RuleRefused(f"{file} applies_by", f"It is {content['applies_by']!r}.", f"Use {', '.join(_APPLIES_BY)}.")
    entries = [_entry(one, file, f"values[{number}]") for number, one in enumerate(content["values"])]
    known = [(entry.start, entry.published) for entry in entries]
    for pair in known:
        if known.count(pair) > 1:
            raise RuleRefused(
                f"{file} values", f"Two values start on {pair[0]}.", "Keep one, or give them publication days."
            )
    extra = {key: value for key, value in content.items() if key not in ("id", "says", "applies_by", "values")}
    return Rule(content["id"], content["says"], content["applies_by"], tuple(entries), extra, file)


def _entry(one: Any, file: str, place: str) -> RuleEntry:
    if not isinstance(one, dict) or not isinstance(one.get("from"), date):
        raise RuleRefused(f"{file} {place}.from", "There is no first day.", "Write from: 2026-01-31.")
    cite = one.get("cite")
    if not isinstance(cite, dict) or not cite.get("act"):
        raise RuleRefused(f"{file} {place}.cite", "There is no act.", "Cite the act that says so.")
    holding = [name for name in _HOLDS if name in one]
    fields = {key: value for key, value in one.items() if key not in ("from", "cite", *_HOLDS)}
    figures = {key: value for key, value in fields.items() if key not in _REMARKS}
    if len(holding) > 1 or not (holding or figures):
        raise RuleRefused(f"{file} {place}", f"It holds {holding or 'nothing'}.", f"Give one of {', '.join(_HOLDS)}.")
    published = cite.get("published")
    if published is not None and not isinstance(published, date):
        raise RuleRefused(f"{file} {place}.cite.published", f"{published!r} is not a day.", "Write 2026-01-31.")
    return RuleEntry(
        start=one["from"],
        value=one[holding[0]] if holding else figures,
        cite=cite,
        published=published,
        verified=bool(one.get("verified", "⚠" not in str(one.get("evidence", "")))),
        note=str(one.get("note", one.get("evidence", ""))).strip(),
        fields=fields,
    )


def _refuse_floats(value: Any, file: str, place: str) -> None:
    if isinstance(value, float):
        raise RuleRefused(f"{file} {place}", f"{value!r} is a floating point number.", "Write decimals as text.")
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_floats(inner, file, f"{place}.{key}" if place else str(key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            _refuse_floats(inner, file, f"{place}[{number}]")
