"""The unique code of a water supply: region, municipality and progressive number, 16 digits (609/2021, MIS-12)."""

from __future__ import annotations

import re

from sorgente.shared.errors import SorgenteError

_CODE = re.compile(r"(\d{2})(\d{6})(\d{8})")
_REGIONS = range(1, 21)


class InvalidSupplyCode(SorgenteError):
    code = "shared.supply-code.invalid"


def supply_code(text: str) -> str:
    """Return the 16 digits of a supply code without blanks; raises InvalidSupplyCode."""
    found = "".join(text.split())
    parts = _CODE.fullmatch(found) if found.isascii() else None
    if parts is None:
        raise _wrong(found, f"It has {len(found)} characters; 16 digits are due.")
    if int(parts[1]) not in _REGIONS:
        raise _wrong(found, f"There is no region {parts[1]}.")
    if int(parts[2]) == 0 or int(parts[3]) == 0:
        raise _wrong(found, "Municipality and progressive number begin at 1.")
    return found


def make_supply_code(*, region: int, municipality: str, progressive: int) -> str:
    """Return the code of the progressive-th supply of a municipality (ISTAT code of six digits)."""
    return supply_code(f"{region:02d}{municipality}{progressive:08d}")


def _wrong(found: str, facts: str) -> InvalidSupplyCode:
    return InvalidSupplyCode(
        f"Supply code {found}".strip(), facts, "Write region (2), ISTAT municipality (6) and progressive number (8)."
    )
