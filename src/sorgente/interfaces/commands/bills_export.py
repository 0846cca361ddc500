"""`sorgente bills export --run NAME | --number N … --to DIR`: e-invoices and PDFs of bills as files in a folder.

Each file is complete or absent, so an export that was killed goes on where it stopped: a file of the right size is
left alone. A bill without papers, or whose archived document is damaged, is named and does not stop the others: exit 1.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import SorgenteError, WrongUse

if TYPE_CHECKING:
    from sorgente.billing.queries.bill_papers import BillPapers


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", default="", metavar="NAME", help="every bill of this run")
    parser.add_argument("--number", action="append", default=[], metavar="N", help="one bill; may be repeated")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder to write to; made when missing")


def run(arguments: argparse.Namespace) -> int:
    if bool(arguments.run) == bool(arguments.number):
        raise WrongUse("Bills", "Neither a run nor a number was given, or both.", "Give --run NAME, or --number N.")
    folder: Path = arguments.to
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise WrongUse(str(folder), f"{problem.strerror or problem}.", "Give a folder that can be written.") from None
    start_django()
    from rich.progress import Progress

    from sorgente.billing.queries.bill_papers import bill_papers, papers_count

    chosen = {"run": arguments.run, "numbers": arguments.number}
    count = papers_count(**chosen)
    written = there = 0
    problems: list[str] = []
    with Progress(disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Esporto le bollette", total=count)
        for papers in bill_papers(**chosen):
            if not papers.pdf_sha256:
                problems.append(f"{papers.number}: i documenti non sono ancora pronti")
            for name, sha256, size in _files(papers):
                try:
                    fresh = _put(folder / name, sha256, size)
                except SorgenteError as problem:
                    problems.append(f"{papers.number}: {problem}")
                    continue
                written += fresh
                there += not fresh
            bar.advance(task)
    for line in problems:
        print(line, file=sys.stderr)
    print(f"{count} bollette in {folder}: {written} file scritti, {there} già presenti, {len(problems)} problemi")
    return 1 if problems else 0


def _files(papers: BillPapers) -> Iterator[tuple[str, str, int]]:
    from sorgente.billing.queries.bill_papers import pdf_name

    if papers.einvoice_sha256:
        yield papers.einvoice_name, papers.einvoice_sha256, papers.einvoice_size
    if papers.pdf_sha256:
        yield pdf_name(papers.number), papers.pdf_sha256, papers.pdf_size


def _put(place: Path, sha256: str, size: int) -> bool:
    """Write a document unless a file of its size is there; returns whether it was written."""
    from sorgente.archive.queries.documents import read_document

    if place.exists() and place.stat().st_size == size:
        return False
    waiting = place.with_name(f".{place.name}.{os.getpid()}")
    waiting.write_bytes(read_document(sha256))
    waiting.replace(place)
    return True
