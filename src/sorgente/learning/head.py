"""One linear decision with honest probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

Floats = npt.NDArray[np.float64]


def softmax(scores: Floats) -> Floats:
    """Return rows that add up to one."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


class Head:
    """A linear support vector machine for each label against the rest, and a temperature that calibrates them.

    The temperature is chosen on scores of texts that the machine had not seen (folds), by likelihood.
    """

    def __init__(self, *, cost: float, seed: int, balanced: bool = False) -> None:
        self.cost = cost
        self.seed = seed
        self.balanced = balanced
        self.labels: list[str] = []
        self.coef: Floats = np.zeros((0, 0))
        self.intercept: Floats = np.zeros(0)
        self.sharpness = 1.0

    def fit(
        self, rows: sparse.csr_matrix, labels: Sequence[str], *, folds: int, groups: Sequence[str] | None = None
    ) -> Floats:
        """Learn; returns the out-of-fold probabilities (n, labels), or those of the fit itself with folds < 2.

        groups  whoever wrote each text: with two or more, a fold is one or some of them, so that the chances are
                calibrated on wording the machine never read, and not on its neighbours
        """
        self.labels = sorted(set(labels))
        place = {label: column for column, label in enumerate(self.labels)}
        target = np.array([place[label] for label in labels])
        self.coef, self.intercept = self._learn(rows, target)
        rarest = int(np.bincount(target).min())
        folds = min(folds, rarest)
        if folds < 2 or len(self.labels) < 2:
            return self.probabilities(rows)
        unseen = np.zeros((len(labels), len(self.labels)))
        for train, test in _parts(target, groups, folds=folds, seed=self.seed):
            if len(np.unique(target[train])) < len(self.labels):
                return self.probabilities(rows)  # a label of one author alone: nothing unseen to measure it on
            coef, intercept = self._learn(rows[train], target[train])
            unseen[test] = rows[test] @ coef.T + intercept
        self.sharpness = _best_sharpness(unseen, target)
        return softmax(unseen * self.sharpness)

    def _learn(self, rows: sparse.csr_matrix, target: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        if len(self.labels) < 2:
            return np.zeros((1, rows.shape[1])), np.zeros(1)
        machine = LinearSVC(
            C=self.cost, random_state=self.seed, dual=True, class_weight="balanced" if self.balanced else None
        )
        machine.fit(rows, target)
        coef, intercept = np.asarray(machine.coef_), np.asarray(machine.intercept_)
        if len(self.labels) == 2:  # scikit-learn keeps one row for two labels
            return np.vstack([-coef, coef]), np.concatenate([-intercept, intercept])
        return coef, intercept

    def probabilities(self, rows: sparse.csr_matrix) -> Floats:
        """Return (n, labels), columns in the order of `labels`."""
        return softmax(np.asarray(rows @ self.coef.T + self.intercept) * self.sharpness)

    def contributions(self, row: sparse.csr_matrix, label: str) -> list[tuple[int, float]]:
        """Return (column, weight towards the label) of one row's columns, strongest first."""
        weights = self.coef[self.labels.index(label)] - self.coef.mean(axis=0)
        found = [(int(j), float(value * weights[j])) for j, value in zip(row.indices, row.data, strict=True)]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def to_state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        state = {"cost": self.cost, "seed": self.seed, "balanced": self.balanced, "sharpness": self.sharpness}
        return {**state, "labels": self.labels}, {"coef": self.coef.astype(np.float32), "intercept": self.intercept}

    @classmethod
    def from_state(cls, state: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Head:
        found = cls(cost=state["cost"], seed=state["seed"], balanced=state["balanced"])
        found.labels, found.sharpness = list(state["labels"]), float(state["sharpness"])
        found.coef, found.intercept = arrays["coef"].astype(np.float64), arrays["intercept"]
        return found


def _parts(
    target: npt.NDArray[np.int64], groups: Sequence[str] | None, *, folds: int, seed: int
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Return (rows to learn, rows left out) of each fold."""
    if groups is None or len(set(groups)) < 2:
        return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(target, target))
    names = sorted(set(groups))
    part = {name: number % folds for number, name in enumerate(names)}
    which = np.array([part[name] for name in groups])
    return [(np.flatnonzero(which != n), np.flatnonzero(which == n)) for n in range(min(folds, len(names)))]


def _best_sharpness(scores: Floats, target: npt.NDArray[np.int64]) -> float:
    def loss(log_sharpness: float) -> float:
        chances = softmax(scores * np.exp(log_sharpness))
        return float(-np.log(np.maximum(chances[np.arange(len(target)), target], 1e-12)).mean())

    found = optimize.minimize_scalar(loss, bounds=(-2.0, 4.0), method="bounded")
    return float(np.exp(found.x))
