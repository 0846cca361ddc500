"""Where the rules and the variable data live."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def rules_dir() -> Path:
    """Return the folder of dated rules: SORGENTE_RULES, else the checkout's `rules/`, else the installed copy."""
    named = os.environ.get("SORGENTE_RULES")
    if named:
        return Path(named)
    checkout = _PACKAGE.parents[1] / "rules"
    return checkout if checkout.is_dir() else _PACKAGE / "rules_data"


def var_dir() -> Path:
    """Return the folder of everything that changes (database, archive, outbox): SORGENTE_VAR, else ./var."""
    return Path(os.environ.get("SORGENTE_VAR", "var")).resolve()
