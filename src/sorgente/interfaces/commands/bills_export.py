"""`sorgente bills export --to FOLDER (--run NAME | NUMBER…)`: e-invoices and PDFs as files, named as they went out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="as printed: 2026/SII/0000123")
    parser.add_argument("--run", help="all bills of this run")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="made when it is not there")


def run(arguments: argparse.Namespace) -> int:
    if bool(arguments.numbers) == bool(arguments.run):
        raise WrongUse("sorgente bills export", "It takes numbers or a run.", "Give NUMBER… or --run NAME.")
    start_django()
    from sorgente.archive.queries.documents import read_document
    from sorgente.billing.queries.papers_of_bills import papers_of_bills

    arguments.to.mkdir(parents=True, exist_ok=True)
    without = 0
    for papers in papers_of_bills(numbers=arguments.numbers or None, run=arguments.run):
        written = []
        for name, sha256 in papers.files:
            (arguments.to / name).write_bytes(read_document(sha256))
            written.append(name)
        without += not written
        print(json.dumps({"number": papers.number, "files": written}))
    return int(without > 0)
