"""`sorgente bills export --to FOLDER (--run NAME | NUMBER…)`: e-invoices and PDFs as files, named as they went out.

One JSON line a bill; the summary goes to standard error. Each file is complete or absent, so an export that was killed
is simply called again: a file that holds the archive's bytes is left alone. A bill without papers, or whose document is
damaged, says so in its line and does not stop the others: exit 1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import SorgenteError, WrongUse

if TYPE_CHECKING:
    from sorgente.billing.queries.papers_of_bills import Papers


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="as printed: 2026/SII/0000123")
    parser.add_argument("--number", action="append", default=[], metavar="NUMBER", help="the same, one at a time")
    parser.add_argument("--run", help="all bills of this run")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="made when it is not there")


def run(arguments: argparse.Namespace) -> int:
    numbers = [*arguments.numbers, *arguments.number]
    if bool(numbers) == bool(arguments.run):
        raise WrongUse("sorgente bills export", "It takes numbers or a run.", "Give NUMBER… or --run NAME.")
    folder: Path = arguments.to
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise WrongUse(str(folder), f"{problem.strerror or problem}.", "Name a folder that can be written.") from None
    start_django()
    from rich.console import Console
    from rich.progress import track

    from sorgente.billing.queries.papers_of_bills import papers_count, papers_of_bills

    chosen: dict[str, Any] = {"numbers": numbers or None, "run": arguments.run}
    count, written, failed = papers_count(**chosen), 0, 0
    screen = Console(stderr=True)
    for papers in track(
        papers_of_bills(**chosen), "Esporto", total=count, console=screen, disable=not sys.stderr.isatty()
    ):
        answer, fresh = _export(papers, folder)
        written += fresh
        failed += "error" in answer
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.flush()
    print(f"{count} bollette in {folder}: {written} file scritti, {failed} bollette con problemi", file=sys.stderr)
    return int(failed > 0)


def _export(papers: Papers, folder: Path) -> tuple[dict[str, Any], int]:
    """Return the bill's line, and how many files were written now."""
    answer: dict[str, Any] = {"number": papers.number, "files": [name for name, _ in papers.files]}
    if not papers.files:
        return answer | {"error": f"Bill {papers.number}: Its papers are not made yet. Run its billing again."}, 0
    fresh = 0
    try:
        for name, sha256 in papers.files:
            fresh += _put(folder / name, sha256)
    except SorgenteError as problem:
        return answer | {"error": str(problem)}, fresh
    return answer, fresh


def _put(place: Path, sha256: str) -> bool:
    """Write a document unless it is there; returns whether it was written."""
    from sorgente.archive.queries.documents import read_document

    if place.exists() and hashlib.sha256(place.read_bytes()).hexdigest() == sha256:
        return False
    waiting = place.with_name(f".{place.name}.{os.getpid()}")
    waiting.write_bytes(read_document(sha256))
    waiting.replace(place)
    return True
