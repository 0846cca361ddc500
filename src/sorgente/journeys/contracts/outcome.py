"""What carrying a request out came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Outcome:
    """The day it holds from, what was made or changed, and the bills issued on the way."""

    effective_on: date
    contract_id: int | None = None
    account_id: int | None = None
    point_id: int | None = None
    bills: tuple[str, ...] = ()
