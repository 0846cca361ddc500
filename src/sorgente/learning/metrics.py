"""Measures of a classifier on texts it has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def accuracy(truth: Sequence[str], found: Sequence[str]) -> float:
    """Return the share of equal labels, 0 for nothing at all."""
    return sum(a == b for a, b in zip(truth, found, strict=True)) / max(len(truth), 1)


def f1_by_label(truth: Sequence[str], found: Sequence[str]) -> dict[str, float]:
    """Return the F1 of each label that occurs in the truth or among the answers."""
    result = {}
    for label in sorted({*truth, *found}):
        right = sum(a == b == label for a, b in zip(truth, found, strict=True))
        total = sum(a == label for a in truth) + sum(b == label for b in found)
        result[label] = 2 * right / total
    return result


def macro_f1(truth: Sequence[str], found: Sequence[str]) -> float:
    """Return the plain mean of the labels' F1."""
    scores = f1_by_label(truth, found)
    return sum(scores.values()) / max(len(scores), 1)


def recall_of(label: str, truth: Sequence[str], found: Sequence[str]) -> float:
    """Return the share of one label's texts that were found; 1 when there are none."""
    asked = [b for a, b in zip(truth, found, strict=True) if a == label]
    return sum(b == label for b in asked) / len(asked) if asked else 1.0


def calibration_error(confidence: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> float:
    """Return the expected calibration error: the mean gap of confidence and share right, weighted by bin size."""
    chances, hits = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if not chances.size:
        return 0.0
    which = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(float(chances[which == b].mean() - hits[which == b].mean())) * (which == b).sum() for b in set(which)]
    return float(sum(gaps) / chances.size)


def coverage_at(precision: float, confidence: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Return (largest share of texts, its confidence threshold) whose most confident answers reach the precision."""
    if not len(confidence):
        return 0.0, 1.0
    order = np.argsort(-np.asarray(confidence, dtype=np.float64), kind="stable")
    hits: npt.NDArray[np.float64] = np.asarray(right, dtype=np.float64)[order]
    share = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    good = np.flatnonzero(share >= precision)
    if not good.size:
        return 0.0, 1.0
    return float((good[-1] + 1) / len(hits)), float(np.asarray(confidence)[order][good[-1]])
