"""Shared by the commands that read files: each file becomes answers or one line with `error`; none stops the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson

from sorgente.shared.errors import SorgenteError

Answers = Iterable[dict[str, Any]]


def answer_files(files: Iterable[str], read: Callable[[bytes, str], Answers]) -> int:
    """Write one JSON line per answer, files in order; returns 1 when a file could not be read, else 0."""
    bad_news = 0
    write = sys.stdout.buffer.write
    for file in files:
        try:
            answers = list(read(Path(file).read_bytes(), file))
        except OSError as error:
            answers = [{"file": file, "error": f"{file}: {error.strerror}. Check the path."}]
        except SorgenteError as error:
            answers = [{"file": file, "error": str(error), "code": error.code}]
        for answer in answers:
            bad_news |= "error" in answer
            write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()
    return int(bad_news)
