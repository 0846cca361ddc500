"""Reference files that live outside the project: tests that need them skip where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared(path: str) -> Path:
    """Return a reference file or folder, or skip the calling test with the reason."""
    base = Path(os.environ.get("SORGENTE_SHARED", ROOT.parent / "shared"))
    found = base / path
    if not found.exists():
        pytest.skip(f"the reference files are not beside the project: {path}")
    return found
