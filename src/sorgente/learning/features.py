"""Texts into columns: word and character TF-IDF beside centred sentence vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from sorgente.learning.encoder import Vectors

Floats = npt.NDArray[np.float64]
# Words tell the subject, pieces of words survive typing mistakes and dialect, vectors bring meaning.
_BLOCKS: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b", "min_df": 1},
    "char": {"analyzer": "char_wb", "ngram_range": (3, 6), "min_df": 2},
}
_COMMON: dict[str, Any] = {"sublinear_tf": True, "strip_accents": "unicode", "lowercase": True, "dtype": np.float64}


class Features:
    """Learnt columns of a set of texts; `transform` gives one sparse row a text.

    weight  how long a sentence vector is beside a TF-IDF block of length one
    """

    def __init__(self, *, weight: float) -> None:
        self.weight = weight
        self._blocks: dict[str, TfidfVectorizer] = {}
        self._mean: Floats = np.zeros(0)
        self._scale = 1.0

    def fit(self, texts: Sequence[str], vectors: Vectors) -> None:
        self._blocks = {name: TfidfVectorizer(**settings, **_COMMON) for name, settings in _BLOCKS.items()}
        for block in self._blocks.values():
            block.fit(texts)
        if vectors.shape[1]:
            # e5 vectors all point into one narrow cone: only what differs from the mean says something.
            self._mean = vectors.astype(np.float64).mean(axis=0)
            spread = float(np.sqrt(((vectors - self._mean) ** 2).sum(axis=1).mean()))
            self._scale = 1 / max(spread, 1e-9)

    def transform(self, texts: Sequence[str], vectors: Vectors) -> sparse.csr_matrix:
        """Return (n, columns): words, character pieces, vector."""
        parts = [block.transform(texts) for block in self._blocks.values()]
        if self._mean.size:
            parts.append(sparse.csr_matrix((vectors.astype(np.float64) - self._mean) * (self._scale * self.weight)))
        return sparse.csr_matrix(sparse.hstack(parts, format="csr"))

    def word_names(self) -> list[str]:
        """Return the names of the first columns, the words and word pairs, in column order."""
        return [str(name) for name in self._blocks["word"].get_feature_names_out()]

    def to_state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Return what a file needs: a JSON object and named arrays."""
        names = {name: [str(n) for n in block.get_feature_names_out()] for name, block in self._blocks.items()}
        arrays = {f"idf_{name}": np.asarray(block.idf_) for name, block in self._blocks.items()}
        return {"weight": self.weight, "scale": self._scale, "names": names}, {**arrays, "mean": self._mean}

    @classmethod
    def from_state(cls, state: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Features:
        found = cls(weight=state["weight"])
        found._scale = state["scale"]
        found._mean = arrays["mean"]
        for name, settings in _BLOCKS.items():
            vocabulary = {word: column for column, word in enumerate(state["names"][name])}
            block = TfidfVectorizer(**settings, **_COMMON, vocabulary=vocabulary)
            block.idf_ = arrays[f"idf_{name}"]
            found._blocks[name] = block
        return found
