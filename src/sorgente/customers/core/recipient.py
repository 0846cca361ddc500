"""Where what an account is sent goes, from its row of `contracts_table`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def recipient_of(contract: Mapping[str, Any]) -> str:
    """Return the address on the account's channel: e-mail, PEC, the line of a letter, or the account number."""
    match contract["channel"]:
        case "email" | "pec" as channel:
            return str(contract[channel])
        case "post":
            return f"{addressee_of(contract)}, {address_line(contract, 'billing')}"
        case _:
            return str(contract["account_number"])


def addressee_of(contract: Mapping[str, Any]) -> str:
    """Return whom letters and bills name: the holder, or who stands in for them, as heirs do."""
    return str(contract["addressee"] or contract["name"])


def address_line(contract: Mapping[str, Any], which: str) -> str:
    """Return the address in one line; `which` is "billing" or "supply"."""
    street = f"{contract[f'{which}_street']} {contract[f'{which}_house_number']}".strip()
    town = f"{contract[f'{which}_postal_code']} {contract[f'{which}_municipality']} {contract[f'{which}_province']}"
    return f"{street}, {town.strip()}"
