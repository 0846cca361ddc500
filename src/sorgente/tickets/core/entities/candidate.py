"""A possible entity, before the rivals for the same characters are weighed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A span that may be an entity; of two that overlap the one of higher rank stays."""

    type: str
    start: int
    end: int
    rank: int
    normalized: str
    valid: bool = True
