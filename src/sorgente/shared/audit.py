"""What `sorgente audit` reports: one broken invariant and who breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One offender of one invariant of docs/architecture.md, "What must always hold".

    invariant   "A1" … "A9"
    subject     who breaks it, as its user knows it
    facts       what was found, with the figures
    """

    invariant: str
    subject: str
    facts: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.subject}: {self.facts}"


def asked(
    connection: Any, sql: str, make: Callable[..., Problem], params: Mapping[str, Any] | None = None
) -> Iterator[Problem]:
    """Yield `make(*row)` for each row that the statement finds on a Django connection: each row is one offender."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for row in cursor:
            yield make(*row)
