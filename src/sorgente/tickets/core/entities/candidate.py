"""A possible entity, before the rivals for the same characters are weighed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
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


def weighed(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Keep the higher rank, then the longer, of those that overlap."""
    kept: list[Candidate] = []  # in the order of the text, none overlapping
    for candidate in sorted(candidates, key=lambda c: (-c.rank, c.start - c.end, c.start)):
        place = bisect_left(kept, candidate.start, key=lambda c: c.start)
        after_the_last = place == 0 or kept[place - 1].end <= candidate.start
        before_the_next = place == len(kept) or candidate.end <= kept[place].start
        if after_the_last and before_the_next:
            kept.insert(place, candidate)
    return kept
