"""A8, the archive's part: every document is there and is what was stored."""

from __future__ import annotations

from collections.abc import Iterator

from sorgente.archive.queries.documents import broken_documents
from sorgente.shared.audit import Problem


def problems() -> Iterator[Problem]:
    """Yield every document whose bytes are gone or have changed."""
    for broken in broken_documents():
        yield Problem("A8", f"Document {broken.title} ({broken.sha256[:12]})", broken.problem)
