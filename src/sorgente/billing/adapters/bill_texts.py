"""The dated texts of the bill: rules/papers/bill_rights.yaml, chosen by issue day and by what the bill is."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from string import Formatter
from typing import Any

import yaml

from sorgente.billing.adapters.bill_words import long_day, one_line
from sorgente.billing.core.document import BillDocument, Note
from sorgente.shared.errors import SorgenteError
from sorgente.shared.paths import rules_dir


class NoTextsInForce(SorgenteError):
    code = "billing.papers.no-texts-in-force"


class TextsUnreadable(SorgenteError):
    code = "billing.papers.texts-unreadable"


def rights_texts(bill: BillDocument) -> tuple[Note, ...]:
    """Return titles and texts for this bill, placeholders filled; raises NoTextsInForce, TextsUnreadable.

    A text whose address or channel the issuer has not given is left out rather than printed with a hole.
    """
    facts = _facts(bill)
    notes = []
    for entry in _in_force(bill.header.issued_on):
        if entry["when"] not in facts["when"]:
            continue
        words = {**facts["words"], **entry.get("figures", {})}
        if all(words.get(name) for name in _names(entry["text"])):
            notes.append(Note(entry["title"], entry["text"].format_map(words)))
    return tuple(notes)


@lru_cache(maxsize=4)
def _values(path: str) -> list[dict[str, Any]]:
    try:
        with open(path, encoding="utf-8") as file:
            values = yaml.safe_load(file)["values"]
            for value in values:
                for entry in value["texts"]:
                    _check(entry)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise TextsUnreadable(path, f"It cannot be read: {error!r}.", "Restore the file from the repository.") from None
    return sorted(values, key=lambda value: value["from"])


def _check(entry: dict[str, Any]) -> None:
    _names(entry["text"])
    missing = {"title", "when", "cite"} - set(entry)
    if missing:
        raise KeyError(", ".join(sorted(missing)))


def _in_force(day: date) -> list[dict[str, Any]]:
    path = rules_dir() / "papers" / "bill_rights.yaml"
    current = [value for value in _values(str(path)) if value["from"] <= day]
    if not current:
        raise NoTextsInForce(str(path), f"No texts in force on {day}.", "Add a value with an earlier `from`.")
    texts: list[dict[str, Any]] = current[-1]["texts"]
    return texts


def _names(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def _facts(bill: BillDocument) -> dict[str, Any]:
    issuer = bill.issuer
    address = f"{issuer.name}, {one_line(issuer.address)}"
    when = {"always", "instalment_right" if bill.instalment_right else "no_instalment_right"}
    if bill.header.to_pay_cents > 0:
        when.add("something_to_pay")
    words = {
        "complaints": issuer.complaints or (f"{address}, PEC {issuer.pec}" if issuer.pec else address),
        "instalment_until": long_day(bill.instalment_until) if bill.instalment_until else "",
        "leak_protection_url": issuer.leak_protection_url,
        "reading_attempts": str(bill.consumption.reading_attempts),
        "self_reading": issuer.self_reading,
        "water_quality_url": issuer.water_quality_url,
    }
    return {"when": when, "words": words}
