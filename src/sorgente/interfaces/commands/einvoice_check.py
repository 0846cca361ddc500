"""`sorgente einvoice check FILE…`: one JSON line a file, in order; exit 1 when any would be discarded."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import orjson

from sorgente.billing.adapters.einvoice_check import Problem, check_einvoice
from sorgente.billing.adapters.einvoice_schema import schema


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="XML or .p7m")
    parser.add_argument(
        "--received-on",
        type=date.fromisoformat,
        default=None,
        metavar="DATE",
        help="also refuse documents dated after this day (control 00403)",
    )


def run(arguments: argparse.Namespace) -> int:
    schema()  # a missing schema is one error, not one a file
    any_invalid = False
    for name in arguments.files:
        problems = _problems(name, arguments.received_on)
        any_invalid = any_invalid or bool(problems)
        errors = [{"code": problem.code, "message": problem.message} for problem in problems]
        line = orjson.dumps({"file": name, "valid": not problems, "errors": errors})
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
    return 1 if any_invalid else 0


def _problems(name: str, received_on: date | None) -> list[Problem]:
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        return [Problem("file", f"{name}: {error.strerror or error}. Check the path and its rights.")]
    return check_einvoice(data, subject=name, received_on=received_on)
