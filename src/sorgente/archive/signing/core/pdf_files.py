"""The files inside a PDF, read without trusting it: so many, so large, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject
from pyhanko.pdf_utils.reader import PdfFileReader

_MOST_FILES = 200
_MOST_BYTES = 50_000_000
_DEEPEST = 8


def attached_files(reader: PdfFileReader) -> dict[str, bytes]:
    """Return name -> content of every attached file.

    raises  ValueError when there are too many, they are too large, or the name tree goes round; PdfError, KeyError
    """
    if "/Names" not in reader.root or "/EmbeddedFiles" not in reader.root["/Names"]:
        return {}
    found: dict[str, bytes] = {}
    size = 0
    for name, file in _leaves(reader.root["/Names"]["/EmbeddedFiles"], 0):
        content = bytes(file["/EF"]["/F"].data)
        size += len(content)
        if name in found:
            raise ValueError(f"two attached files are called {name!r}")
        if len(found) >= _MOST_FILES or size > _MOST_BYTES:
            raise ValueError("the attached files are too many or too large")
        found[name] = content
    return found


def _leaves(tree: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > _DEEPEST:
        raise ValueError("the names of the attached files are nested too deep")
    if "/Names" in tree:
        leaf: ArrayObject = tree["/Names"]
        for position in range(0, len(leaf) - 1, 2):
            yield str(leaf[position]), leaf[position + 1]
    if "/Kids" in tree:
        for kid in tree["/Kids"]:
            yield from _leaves(kid, depth + 1)
