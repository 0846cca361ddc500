"""The scheme's terms for direct debits, dated data in rules/payments/direct_debit.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sorgente.shared.errors import SorgenteError
from sorgente.shared.paths import rules_dir

_ID = "payments.direct_debit"


class DebitRuleMissing(SorgenteError):
    code = "payments.debit-rule.missing"


@dataclass(frozen=True, slots=True)
class DebitTerms:
    """Terms of one due date; the fields are those of the rule file."""

    prenotification_days: int
    mandate_lapse_months: int
    refund_weeks: int
    unauthorised_months: int


def debit_terms(due_on: date, *, file: Path | None = None) -> DebitTerms:
    """Return the terms in force on a due date; raises DebitRuleMissing naming rule and day."""
    for value in _values(file or rules_dir() / "payments" / "direct_debit.yaml"):
        if value["from"] <= due_on:
            return DebitTerms(**{name: int(value[name]) for name in DebitTerms.__slots__})
    raise DebitRuleMissing(
        f"Rule {_ID}", f"It says nothing for {due_on}.", "Add the terms of that day with their citation."
    )


@cache
def _values(file: Path) -> tuple[dict[str, Any], ...]:
    found = yaml.safe_load(file.read_text(encoding="utf-8"))["values"]
    return tuple(sorted(found, key=lambda value: value["from"], reverse=True))


def lapses_on(latest_use: date, months: int) -> date:
    """Return the first day on which a mandate latest used on a day is dead, `months` later."""
    year, month = divmod(latest_use.year * 12 + latest_use.month - 1 + months, 12)
    for day in range(latest_use.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, latest_use.day)
