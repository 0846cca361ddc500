"""The trained whole: messages in, proposals out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sorgente.learning.encoder import TextEncoder
from sorgente.learning.features import Features
from sorgente.learning.head import Floats, Head
from sorgente.learning.metrics import coverage_at
from sorgente.tickets.core.corpus import Labelled, author_of
from sorgente.tickets.core.entities import Chooser, find_entities
from sorgente.tickets.core.message import Classified, Message
from sorgente.tickets.core.prepared import Prepared, prepare
from sorgente.tickets.core.priority import highest, rules_that_speak
from sorgente.tickets.core.taxonomy import NORMAL, NOT_A_REQUEST, NOT_REGULATED, URGENT

SEED = 20260101
FOLDS = 5
WEIGHT = 0.55
ROUTING_PRECISION = 0.95  # below the confidence that reaches it on unseen messages, a person decides
SECONDARY_CHANCE = 0.2
NEARLY = 0.35  # on authors never read it finds 98 urgent messages of a hundred; of those it calls so half are
_RANKED = 5
# How long a bare number must be to be a reading in messages of these categories, or that may be of them.
_BARE_READING_DIGITS = {"autolettura": 2, "lettura_contestazione": 3}
_REASONS = 6
_CUE_WEIGHT = 0.5
_CATEGORY_WEIGHT = 1.5


class Triage:
    """Three linear heads over one set of columns; category first, the others read its chances and the cues."""

    def __init__(self, encoder: TextEncoder, *, seed: int = SEED) -> None:
        self._encoder = encoder
        self._features = Features(weight=WEIGHT)
        self.category = Head(cost=0.5, seed=seed)
        self.regulated = Head(cost=0.3, seed=seed, balanced=True)
        self.priority = Head(cost=0.3, seed=seed, balanced=True)
        self.chooser = Chooser()
        self.threshold = 1.0

    def fit(self, corpus: Sequence[Labelled]) -> None:
        """Learn all heads from labelled messages; the same corpus gives the same model."""
        prepared = [prepare(labelled.message) for labelled in corpus]
        texts = [item.text for item in prepared]
        vectors = self._encoder.encode(texts)
        self._features.fit(texts, vectors)
        rows = self._features.transform(texts, vectors)
        categories = [labelled.category for labelled in corpus]
        groups = [author_of(labelled) or "customers" for labelled in corpus]
        unseen = self.category.fit(rows, categories, folds=FOLDS, groups=groups)
        self.chooser.fit(corpus, [_BARE_READING_DIGITS.get(category) for category in categories])
        wide = self._widened(rows, unseen, prepared)
        self.regulated.fit(wide, [labelled.regulated_type for labelled in corpus], folds=0)
        self.priority.fit(wide, [labelled.priority for labelled in corpus], folds=0)
        right = [
            self.category.labels[best] == label for best, label in zip(unseen.argmax(axis=1), categories, strict=True)
        ]
        self.threshold = coverage_at(ROUTING_PRECISION, list(unseen.max(axis=1)), right)[1]

    def _widened(self, rows: sparse.csr_matrix, chances: Floats, prepared: Sequence[Prepared]) -> sparse.csr_matrix:
        signs = np.vstack([item.signs for item in prepared]) * _CUE_WEIGHT
        extra = sparse.csr_matrix(np.hstack([chances * _CATEGORY_WEIGHT, signs]))
        return sparse.csr_matrix(sparse.hstack([rows, extra], format="csr"))

    def classify(self, messages: Sequence[Message]) -> list[Classified]:
        """Return one proposal a message, in order."""
        if not messages:
            return []
        prepared = [prepare(message) for message in messages]
        texts = [item.text for item in prepared]
        rows = self._features.transform(texts, self._encoder.encode(texts))
        chances = self.category.probabilities(rows)
        wide = self._widened(rows, chances, prepared)
        regulated, priority = self.regulated.probabilities(wide), self.priority.probabilities(wide)
        names = self._features.word_names()
        return [
            self._proposal(item, rows[n], chances[n], regulated[n], priority[n], names)
            for n, item in enumerate(prepared)
        ]

    def _proposal(
        self,
        item: Prepared,
        row: sparse.csr_matrix,
        chances: Floats,
        regulated: Floats,
        priority: Floats,
        names: list[str],
    ) -> Classified:
        order = np.argsort(-chances, kind="stable")
        ranked = tuple((self.category.labels[n], float(chances[n])) for n in order[:_RANKED])
        category, confidence = ranked[0]
        regulated_type = self.regulated.labels[int(regulated.argmax())]
        pressing = self._pressing(priority)
        if category == NOT_A_REQUEST:
            regulated_type, pressing = NOT_REGULATED, NORMAL
        entities = find_entities(item.message, bare_reading_digits=_reading_digits(ranked), chooser=self.chooser)
        rules = rules_that_speak(item, category=category, regulated_type=regulated_type)
        weighed = self.category.contributions(row, category)
        spoken = [names[column] for column, weight in weighed if column < len(names) and weight > 0][:_REASONS]
        return Classified(
            id=item.message.id,
            category=category,
            ranked=ranked,
            secondary=tuple(
                name for name, chance in ranked[1:] if chance >= SECONDARY_CHANCE and name != NOT_A_REQUEST
            ),
            regulated_type=regulated_type,
            priority=highest(pressing, *(level for level, _ in rules)),
            confidence=confidence,
            abstain=confidence < self.threshold,
            language=item.language,
            reasons=(*spoken, *(f"regola: {name}" for _, name in rules)),
            entities=tuple(entities),
        )

    def _pressing(self, chances: Floats) -> str:
        """Return the likeliest priority, or urgent when nearly as likely: a missed one costs more than a look."""
        best = int(chances.argmax())
        if URGENT in self.priority.labels and chances[self.priority.labels.index(URGENT)] >= chances[best] * NEARLY:
            return URGENT
        return self.priority.labels[best]

    def to_state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Return what a model file needs."""
        features, arrays = self._features.to_state()
        state: dict[str, Any] = {"features": features, "encoder": self._encoder.name, "threshold": self.threshold}
        found = {f"features.{name}": array for name, array in arrays.items()}
        for name in ("category", "regulated", "priority"):
            state[name], arrays = getattr(self, name).to_state()
            found |= {f"{name}.{key}": array for key, array in arrays.items()}
        state["chooser"], arrays = self.chooser.to_state()
        return state, found | {f"chooser.{key}": array for key, array in arrays.items()}

    @classmethod
    def from_state(cls, encoder: TextEncoder, state: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Triage:
        """Return the model of a file; its vectors must come from the encoder it was trained with."""
        if state["encoder"] != encoder.name:
            raise ValueError(f"The model was trained with {state['encoder']}, not with {encoder.name}.")
        found = cls(encoder)
        found.threshold = float(state["threshold"])
        found._features = Features.from_state(state["features"], _under("features", arrays))
        for name in ("category", "regulated", "priority"):
            setattr(found, name, Head.from_state(state[name], _under(name, arrays)))
        found.chooser = Chooser.from_state(state["chooser"], _under("chooser", arrays))
        return found


def _reading_digits(ranked: Sequence[tuple[str, float]]) -> int | None:
    """Return how long a bare number must be to be a reading, where the subject, or a second one, brings readings."""
    likely = [name for place, (name, chance) in enumerate(ranked) if place == 0 or chance >= SECONDARY_CHANCE]
    return min((_BARE_READING_DIGITS[name] for name in likely if name in _BARE_READING_DIGITS), default=None)


def _under(prefix: str, arrays: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return {key.partition(".")[2]: array for key, array in arrays.items() if key.startswith(f"{prefix}.")}
