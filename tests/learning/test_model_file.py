from __future__ import annotations

import numpy as np
import pytest

from sorgente.learning.model_file import BadModelFile, load_model, save_model


def test_a_model_comes_back_as_it_was(tmp_path):
    save_model(tmp_path / "m.npz", {"labels": ["è", "b"]}, {"coef": np.eye(2)})
    state, arrays = load_model(tmp_path / "m.npz")
    assert state == {"labels": ["è", "b"]}
    assert np.array_equal(arrays["coef"], np.eye(2))


def test_a_torn_file_says_so(tmp_path):
    save_model(tmp_path / "m.npz", {}, {"coef": np.eye(2)})
    whole = (tmp_path / "m.npz").read_bytes()
    (tmp_path / "m.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadModelFile, match=r"m\.npz: The model cannot be read"):
        load_model(tmp_path / "m.npz")


def test_nothing_in_a_model_file_can_run(tmp_path):
    np.savez(tmp_path / "evil.npz", coef=np.array([object()], dtype=object))
    with pytest.raises(BadModelFile):
        load_model(tmp_path / "evil.npz")
