"""Run the `sorgente` command as a user would: its own process, standard input and output."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def sorgente(*words: str, lines: list[Any] | None = None, expect: int | None = 0) -> tuple[list[Any], str, int]:
    """Return (answers as parsed JSON lines, standard error, exit code); `expect` None accepts any exit code."""
    given = None if lines is None else "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(
        [sys.executable, "-m", "sorgente.interfaces.commands.main", *words],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if expect is not None:
        assert done.returncode == expect, done.stderr[-2000:]
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("{", "["))]
    return answers, done.stderr, done.returncode
