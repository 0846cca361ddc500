"""`sorgente quality register --from DATE --to DATE [--out FILE]`: the register of performances as CSV."""

from __future__ import annotations

import argparse
import csv
import sys
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TextIO

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=date.fromisoformat, required=True, metavar="DATE")
    parser.add_argument(
        "--to", dest="latest", type=date.fromisoformat, required=True, metavar="DATE", help="the latest day, included"
    )
    parser.add_argument("--standard", default="", metavar="S12", help="one indicator only")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it; standard output when left out")


def run(arguments: argparse.Namespace) -> int:
    if arguments.latest < arguments.start:
        raise WrongUse(
            f"--to {arguments.latest}", f"It lies before --from {arguments.start}.", "Give the earlier first."
        )
    if arguments.out is not None:
        try:
            arguments.out.open("a").close()
        except OSError as error:
            raise WrongUse(str(arguments.out), f"{error.strerror}.", "Check the path.") from None
    start_django()
    from sorgente.quality.queries.register import COLUMNS, register_cells
    from sorgente.quality.queries.register import register as performances

    rows = performances(start=arguments.start, end=arguments.latest + timedelta(days=1), standard=arguments.standard)
    place: Any = nullcontext(sys.stdout)
    if arguments.out is not None:
        place = arguments.out.open("w", encoding="utf-8", newline="")
    count = 0
    with place as file:
        writer = _writer(file)
        writer.writerow(COLUMNS)
        for row in rows.iterator(chunk_size=2000):
            writer.writerow(register_cells(row))
            count += 1
    print(f"{count} prestazioni", file=sys.stderr)
    return 0


def _writer(file: TextIO) -> Any:
    return csv.writer(file, delimiter=";", lineterminator="\n")
