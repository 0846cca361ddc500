"""The chart of accounts as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sorgente.shared.errors import SorgenteError
from sorgente.shared.paths import rules_dir

RECEIVABLES = "receivables"
KINDS = ("asset", "liability", "income", "expense")


class ChartMalformed(SorgenteError):
    code = "ledger.chart.malformed"


@dataclass(frozen=True, slots=True)
class Account:
    code: str
    number: str
    kind: str
    name: str


def chart_file() -> Path:
    return rules_dir() / "ledger" / "accounts.yaml"


def read_chart(file: Path) -> list[Account]:
    """Return the accounts of a chart file; raises ChartMalformed naming file and row."""
    return list(_rows(yaml.safe_load(file.read_text(encoding="utf-8")), file.name))


def _rows(content: Any, name: str) -> Iterator[Account]:
    rows = content.get("accounts") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise ChartMalformed(name, "There is no list `accounts`.", "Write one row per account under `accounts:`.")
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        subject = f"{name}, account {number}"
        if not isinstance(row, dict) or set(row) != {"code", "number", "kind", "name"}:
            raise ChartMalformed(subject, f"It reads {row!r}.", "Give code, number, kind and name, all as text.")
        account = Account(**{key: str(value) for key, value in row.items()})
        if account.kind not in KINDS:
            raise ChartMalformed(subject, f"Its kind is {account.kind!r}.", f"Use one of {', '.join(KINDS)}.")
        if account.code in seen:
            raise ChartMalformed(subject, f"The code {account.code} stands there twice.", "Give each account one code.")
        seen.add(account.code)
        yield account
