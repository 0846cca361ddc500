"""How much a read is worth: measured, told by the customer, or made up (BIL-01, MIS-09)."""

from __future__ import annotations

import numpy as np

# Order of the codes in columns; the names are those of Read.Kind.
KINDS = ("reader", "radio", "self", "install", "remove", "estimate", "reconstructed")

ACTUAL, TOLD, ESTIMATED = 1, 2, 3
TRUST = {
    "reader": ACTUAL,
    "radio": ACTUAL,
    "install": ACTUAL,
    "remove": ACTUAL,
    "self": TOLD,
    "estimate": ESTIMATED,
    "reconstructed": ESTIMATED,
}

TRUST_BY_CODE = np.array([TRUST[kind] for kind in KINDS], dtype=np.int8)


def sql_code(column: str) -> str:
    """Return the SQL that turns a kind's name into its place in KINDS."""
    cases = " ".join(f"WHEN '{kind}' THEN {code}" for code, kind in enumerate(KINDS))
    return f"(CASE {column} {cases} END)::int2"
