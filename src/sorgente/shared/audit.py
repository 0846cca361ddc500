"""What `sorgente audit` reports: one broken invariant and who breaks it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One offender of one invariant of design.md §6.

    invariant   "A1" … "A9"
    subject     who breaks it, as its user knows it
    facts       what was found, with the figures
    """

    invariant: str
    subject: str
    facts: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.subject}: {self.facts}"
