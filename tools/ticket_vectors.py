"""Renew the sentence vectors that lie beside the ticket corpus, so that the first training makes none.

    .venv/bin/python tools/ticket_vectors.py

Run it when the corpus, the patterns that mask its codes, or the encoder changed. Vectors already there are kept.
"""

from __future__ import annotations

import numpy as np

from sorgente.learning.encoder import E5Encoder, vector_key
from sorgente.tickets.core.corpus import VECTORS, corpus_files, load_corpus
from sorgente.tickets.core.prepared import prepare

_STEP = 64


def main() -> None:
    encoder = E5Encoder()
    texts = {vector_key(encoder.name, text): text for text in corpus_texts()}
    known: dict[bytes, np.ndarray] = {}
    if VECTORS.exists():
        with np.load(VECTORS, allow_pickle=False) as stored:
            known = {key.tobytes(): vector for key, vector in zip(stored["keys"], stored["vectors"], strict=True)}
    missing = sorted(texts.keys() - known.keys())
    print(f"{len(texts)} texts, {len(missing)} without their vector")
    for start in range(0, len(missing), _STEP):
        some = missing[start : start + _STEP]
        made = encoder.encode([texts[key] for key in some]).astype(np.float16)
        known.update(zip(some, made, strict=True))
    keys = sorted(texts)
    table = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 32)
    np.savez_compressed(VECTORS, keys=table, vectors=np.stack([known[key] for key in keys]).astype(np.float16))


def corpus_texts() -> list[str]:
    """Return what the encoder reads of every message of the corpus."""
    return [prepare(labelled.message).text for labelled in load_corpus(corpus_files())]


if __name__ == "__main__":
    main()
