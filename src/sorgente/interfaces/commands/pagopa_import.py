"""`sorgente pagopa import FILE...`: keep pagoPA receipts and settle what they pay; one JSON line, then refusals."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="paSendRT, paSendRTV2 (also in SOAP) or JSON")


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from sorgente.payments.usecases.import_receipts import import_receipts
    from sorgente.shared.company import company

    missing = [file for file in arguments.files if not Path(file).is_file()]
    if missing:
        raise WrongUse(missing[0], "There is no such file.", "Check the path.")
    done = import_receipts(
        files=((file, Path(file).read_bytes()) for file in arguments.files),
        creditor=company().tax_code,
        imported_at=datetime.now(UTC),
    )
    answer = {
        "new": done.new,
        "repeated": done.repeated,
        "matched": done.matched,
        "suspense": done.suspense,
        "settled_cents": done.settled_cents,
        "credit_cents": done.credit_cents,
        "refused": len(done.refusals),
    }
    write = sys.stdout.buffer.write
    write(orjson.dumps(answer) + b"\n")
    for name, error in done.refusals:
        write(orjson.dumps({"file": name, "error": str(error), "code": error.code}) + b"\n")
    sys.stdout.buffer.flush()
    return 1 if done.refusals else 0
