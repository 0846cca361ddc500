"""Texts to one label: the whole pipeline, learnt and used as one thing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.model_selection import KFold

from sorgente.learning.encoder import TextEncoder, Vectors
from sorgente.learning.features import Features
from sorgente.learning.head import Floats, Head

SEED = 20260101
FOLDS = 5
# (weight of the sentence vector, cost of the head): few or uniform words lean on TF-IDF, many intents on meaning.
SETTINGS = ((0.5, 1.0), (1.5, 0.5))
_TRIAL_FOLDS = 3
_TRIAL_TEXTS = 3000


class TextClassifier:
    """One label a text: TF-IDF beside sentence vectors, a linear head, calibrated chances."""

    def __init__(self, encoder: TextEncoder, *, seed: int = SEED) -> None:
        self._encoder = encoder
        self._seed = seed
        self._features = Features(weight=SETTINGS[0][0])
        self._head = Head(cost=SETTINGS[0][1], seed=seed)

    @property
    def labels(self) -> list[str]:
        return self._head.labels

    def fit(self, texts: Sequence[str], labels: Sequence[str], *, folds: int = FOLDS) -> None:
        """Learn from labelled texts, the setting chosen on part of them; raises ValueError when lengths differ."""
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts against {len(labels)} labels.")
        vectors = self._encoder.encode(texts)
        self._features.fit(texts, vectors)
        self._features.weight, cost = self._best_setting(texts, vectors, labels)
        self._head = Head(cost=cost, seed=self._seed)
        self._head.fit(self._features.transform(texts, vectors), labels, folds=folds)

    def _best_setting(self, texts: Sequence[str], vectors: Vectors, labels: Sequence[str]) -> tuple[float, float]:
        """Return the setting that does best on folds of the training texts (a sample of them when they are many)."""
        if not vectors.shape[1] or len(set(labels)) < 2:
            return SETTINGS[0]
        some = np.random.default_rng(self._seed).permutation(len(texts))[:_TRIAL_TEXTS]
        chosen, target = [texts[n] for n in some], np.array([labels[n] for n in some])
        scores = {}
        for weight, cost in SETTINGS:
            self._features.weight = weight
            rows = self._features.transform(chosen, vectors[some])
            right = 0
            for train, test in KFold(_TRIAL_FOLDS).split(target):
                trial = Head(cost=cost, seed=self._seed)
                trial.fit(rows[train], list(target[train]), folds=0)
                found = np.array(trial.labels)[trial.probabilities(rows[test]).argmax(axis=1)]
                right += int((found == target[test]).sum())
            scores[weight, cost] = right
        # The first setting stays unless the better one is better by more than chance (one standard error).
        best = max(scores, key=lambda setting: scores[setting])
        share = scores[best] / len(target)
        luck = float(np.sqrt(len(target) * share * (1 - share)))
        return best if scores[best] - scores[SETTINGS[0]] > luck else SETTINGS[0]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return (n, labels) chances, columns in the order of `labels`."""
        return self._head.probabilities(self._features.transform(texts, self._encoder.encode(texts)))

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Return the likeliest label of each text."""
        return [self.labels[column] for column in np.argmax(self.probabilities(texts), axis=1)]
