"""Models as files: one .npz of plain arrays with its JSON inside. Nothing in it can run."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sorgente.shared.errors import SorgenteError

_STATE = "__state__"


class BadModelFile(SorgenteError):
    code = "learning.model.bad-file"


def save_model(path: Path, state: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> None:
    """Write a model so that a reader sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer(json.dumps(state, sort_keys=True).encode(), dtype=np.uint8)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **{_STATE: text}, **arrays)  # type: ignore[arg-type]
    Path(name).replace(path)


def load_model(path: Path) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return (state, arrays) of a file; raises BadModelFile when it is torn or no model."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        state: dict[str, Any] = json.loads(arrays.pop(_STATE).tobytes())
    except Exception as error:  # zip, numpy and json each have their own way to say that a file is torn
        raise BadModelFile(
            path.name, f"The model cannot be read ({type(error).__name__}).", "Delete the file: it is learnt again."
        ) from None
    return state, arrays
