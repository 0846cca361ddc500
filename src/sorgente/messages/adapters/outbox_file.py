"""A file in the outbox, complete or absent."""

from __future__ import annotations

import os
from pathlib import Path


def put(place: Path, content: bytes) -> None:
    """Write the file under its final name in one step; the same file again replaces itself."""
    place.parent.mkdir(parents=True, exist_ok=True)
    waiting = place.with_name(f".{place.name}.{os.getpid()}")
    waiting.write_bytes(content)
    waiting.replace(place)
