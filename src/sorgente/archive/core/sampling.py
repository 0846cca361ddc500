"""Which papers of a batch are compared by eye: as many as the rule says, drawn so that anybody can draw them again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from sorgente.tariffs.rules import rules


def sample_size(*, papers: int, on: date) -> int:
    """Return how many of `papers` (>= 1) are compared, at most all; source rules/archive/sampling.yaml."""
    steps: Sequence[tuple[int, int]] = rules().value("archive.sampling", on=on)
    size = next(count for start, count in reversed(steps) if papers >= start)
    return min(papers, size)


def accepted_faults(*, on: date) -> int:
    """Return how many faults in the sample a batch may have and still be attested."""
    return int(rules().entry("archive.sampling", on=on).fields["accepted_faults"])


def draw_sample(*, papers: Sequence[int], size: int, seed: int) -> list[int]:
    """Return `size` of the papers, in order; the same papers and seed give the same sample for ever."""
    return sorted(random.Random(seed).sample(sorted(papers), size))
