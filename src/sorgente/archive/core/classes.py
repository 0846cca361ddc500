"""What the document plan says of each kind of document, and how long its class is kept: rules/archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

COMPANY = "company"
ROME = ZoneInfo("Europe/Rome")  # a document belongs to the day and the year it had in Italy


class DocumentClassUnknown(SorgenteError):
    code = "archive.class.unknown"


@dataclass(frozen=True, slots=True)
class Retention:
    """`years` 0: for ever; `after` formation or relation_end."""

    name: str
    years: int
    after: str
    source: str


@dataclass(frozen=True, slots=True)
class DocumentClass:
    """One row of the plan; the words of its columns stand in rules/archive/classes.yaml."""

    kind: str
    type: str
    index: str
    formation: str
    flow: str
    reserved: bool
    personal: bool
    is_parsed: bool
    agent: str
    register: str
    retention: Retention


@lru_cache(maxsize=2_048)
def class_of(kind: str, on: date) -> DocumentClass:
    """Return the class of a kind of document on a day; raises DocumentClassUnknown."""
    row = _table("archive.classes", on).get(kind)
    if row is None:
        raise DocumentClassUnknown(
            f"Document kind {kind}", f"The document plan has no such class on {on}.", "Add it to archive/classes.yaml."
        )
    return DocumentClass(
        kind=kind,
        type=row["type"],
        index=row["index"],
        formation=row["formation"],
        flow=row["flow"],
        reserved=row["reserved"],
        personal=row["personal"],
        is_parsed=row["text"] == "parse",
        agent=row["agent"],
        register=row.get("register", ""),
        retention=retention_of(row["retention"], on),
    )


@lru_cache(maxsize=256)
def retention_of(name: str, on: date) -> Retention:
    """Return a class of the retention plan; raises DocumentClassUnknown."""
    row = _table("archive.retention", on).get(name)
    if row is None:
        raise DocumentClassUnknown(
            f"Retention class {name}", f"The plan has none on {on}.", "Add it to archive/retention.yaml."
        )
    return Retention(name, row["years"], row["after"], row["source"])


def kept_until(retention: Retention, *, formed_on: date, ended_on: date | None) -> date | None:
    """Return the first day on which a document may be disposed of; None: never, or not known yet.

    formed_on  the day of its registration
    ended_on   the day its relation ended, None as long as it goes on
    """
    if retention.years == 0:
        return None
    if retention.after == "relation_end":
        if ended_on is None:
            return None
        start = max(ended_on, formed_on)
        try:
            return start.replace(year=start.year + retention.years)
        except ValueError:  # 29 February
            return date(start.year + retention.years, 3, 1)
    return date(formed_on.year + 1 + retention.years, 1, 1)


def _table(rule: str, on: date) -> Mapping[str, Any]:
    table: Mapping[str, Any] = rules().value(rule, on=on)
    return table
