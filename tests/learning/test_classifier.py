"""The pipeline on a small town of invented sentences: it learns, it repeats itself, its chances are chances."""

from __future__ import annotations

import numpy as np
import pytest

from sorgente.learning.classifier import TextClassifier
from sorgente.learning.encoder import CachedEncoder, E5Encoder, NoEncoder
from sorgente.learning.head import _parts

LEAK = ["perde il tubo in strada", "acqua sul marciapiede", "tubo rotto davanti casa", "perdita in strada grossa"]
BILL = ["bolletta troppo alta", "la fattura è sbagliata", "importo della bolletta alto", "fattura alta da rifare"]
TEXTS, LABELS = [*LEAK, *BILL], ["leak"] * 4 + ["bill"] * 4


class Letters:
    """An encoder that counts letters: enough to see that vectors reach the head, and how often they are asked for."""

    name = "letters"
    size = 26

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, texts):
        self.asked += len(texts)
        return np.array([[text.count(chr(97 + n)) for n in range(26)] for text in texts], dtype=np.float32)


@pytest.mark.parametrize("encoder", [NoEncoder(), Letters()], ids=["words alone", "words and vectors"])
def test_it_tells_two_subjects_apart(encoder):
    model = TextClassifier(encoder)
    model.fit(TEXTS, LABELS, folds=2)
    assert model.predict(["il tubo perde acqua in strada", "una bolletta altissima"]) == ["leak", "bill"]
    assert np.allclose(model.probabilities(["qualcosa d'altro", ""]).sum(axis=1), 1)


def test_the_same_texts_give_the_same_model():
    twins = []
    for _ in range(2):
        model = TextClassifier(Letters())
        model.fit(TEXTS, LABELS)
        twins.append(model.probabilities(["la perdita della bolletta"]))
    assert np.array_equal(*twins)


def test_texts_and_labels_must_match():
    with pytest.raises(ValueError, match="8 texts against 7 labels"):
        TextClassifier(NoEncoder()).fit(TEXTS, LABELS[:-1])


def test_vectors_are_made_once(tmp_path):
    counted = Letters()
    first = CachedEncoder(counted, tmp_path / "vectors.npz").encode(TEXTS)
    again = CachedEncoder(counted, tmp_path / "vectors.npz").encode([*reversed(TEXTS), "nuovo"])
    assert counted.asked == len(TEXTS) + 1
    assert np.array_equal(again[:-1], first[::-1])


def test_a_torn_cache_is_made_again(tmp_path):
    (tmp_path / "vectors.npz").write_bytes(b"PK\x03\x04 half a file")
    assert CachedEncoder(Letters(), tmp_path / "vectors.npz").encode(["abc"]).shape == (1, 26)


def test_sentence_vectors_of_like_meaning_are_near():
    vectors = E5Encoder().encode(["manca l'acqua", "siamo senza acqua", "vorrei pagare a rate", ""])
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert vectors.shape == (4, 384)
    assert near > far


def test_a_fold_is_one_author_where_authors_are_known():
    target, authors = np.array([0, 1, 0, 1, 0, 1]), ["x", "x", "y", "y", "z", "z"]
    parts = _parts(target, authors, folds=5, seed=1)
    assert [left_out.tolist() for _, left_out in parts] == [[0, 1], [2, 3], [4, 5]]
    assert all(not {authors[n] for n in learnt} & {authors[n] for n in left_out} for learnt, left_out in parts)
    assert len(_parts(target, authors, folds=2, seed=1)) == 2
    assert len(_parts(target, None, folds=3, seed=1)) == 3
