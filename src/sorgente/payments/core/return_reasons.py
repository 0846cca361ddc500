"""What a returned direct debit says about its mandate, data in rules/payments/return_reasons.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from sorgente.shared.paths import rules_dir


def suspends_mandate(reason: str) -> bool:
    """Tell whether after this reason nothing may be debited until a person has looked; unknown reasons do not."""
    return reason in _suspending(rules_dir() / "payments" / "return_reasons.yaml")


@cache
def _suspending(file: Path) -> frozenset[str]:
    reasons = yaml.safe_load(file.read_text(encoding="utf-8"))["reasons"]
    return frozenset(code for code, reason in reasons.items() if reason["suspends"])
