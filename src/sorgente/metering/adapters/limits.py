"""The figures of rules/metering, in force on a day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sorgente.metering.core.judgement import Limits
from sorgente.shared.paths import rules_dir
from sorgente.tariffs.rules import Rule, read_rule


def read_limits(day: date) -> Limits:
    """Return when a read is accepted, held or refused; raises NoValue."""
    return Limits(**figures("read_acceptance", day))


def figures(name: str, day: date) -> dict[str, Any]:
    """Return the table of rules/metering/<name>.yaml in force on a day; raises NoValue."""
    return dict(_rule(rules_dir() / "metering" / f"{name}.yaml").on(day).value)


@lru_cache(maxsize=32)
def _rule(path: Path) -> Rule:
    rule = read_rule(path.read_text(encoding="utf-8"), file=f"metering/{path.name}")
    if rule is None:
        raise ValueError(f"{path} holds no rule.")
    return rule
