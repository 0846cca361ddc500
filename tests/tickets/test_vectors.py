"""The sentence vectors that lie beside the corpus are those of its texts."""

from __future__ import annotations

import numpy as np
import pytest

from sorgente.learning.encoder import CachedEncoder, E5Encoder, NoEncoder, vector_key
from sorgente.tickets.core.corpus import VECTORS, corpus_files, load_corpus
from sorgente.tickets.core.prepared import prepare


def texts(*, every: int) -> list[str]:
    return [prepare(labelled.message).text for labelled in load_corpus(corpus_files())[::every]]


def shipped() -> dict[bytes, np.ndarray]:
    with np.load(VECTORS, allow_pickle=False) as stored:
        return {key.tobytes(): vector for key, vector in zip(stored["keys"], stored["vectors"], strict=True)}


@pytest.mark.parametrize("every", [40, pytest.param(1, marks=pytest.mark.slow)])
def test_texts_of_the_corpus_have_their_vector(every):
    known, name = shipped(), E5Encoder().name
    missing = [text for text in texts(every=every) if vector_key(name, text) not in known]
    assert missing == [], "run tools/ticket_vectors.py"


def test_a_vector_is_what_the_encoder_gives(tmp_path):
    some = texts(every=1500)
    kept = CachedEncoder(E5Encoder(), tmp_path / "none.npz", shipped=VECTORS).encode(some)
    assert not (tmp_path / "none.npz").exists()  # nothing had to be made
    assert np.allclose(kept, E5Encoder().encode(some), atol=2e-3)


def test_without_an_encoder_nothing_is_looked_up(tmp_path):
    assert CachedEncoder(NoEncoder(), tmp_path / "none.npz", shipped=VECTORS).encode(["ciao"]).shape == (1, 0)


def test_a_new_text_is_kept_apart_from_those_beside_the_corpus(tmp_path):
    CachedEncoder(E5Encoder(), tmp_path / "made.npz", shipped=VECTORS).encode(["Una frase che nessuno ha scritto."])
    with np.load(tmp_path / "made.npz", allow_pickle=False) as made:
        assert made["vectors"].shape == (1, 384)
