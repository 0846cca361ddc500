"""`sorgente debits export --due DATE --out FOLDER`: the direct debit file of a due date, one JSON line about it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.payments.adapters.pain008 import VERSIONS


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--due", type=date.fromisoformat, required=True, metavar="DATE", help="due date, YYYY-MM-DD")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the file is written")
    parser.add_argument("--version", choices=VERSIONS, help="left out: the one of the company file")


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from sorgente.archive.queries.documents import read_document
    from sorgente.payments.adapters.our_account import creditor_of
    from sorgente.payments.usecases.build_debit_file import build_debit_file
    from sorgente.shared.company import company

    file = build_debit_file(
        due_on=arguments.due,
        creditor=creditor_of(company()),
        version=arguments.version or company().debit_version,
        made_at=datetime.now(UTC).replace(microsecond=0),
    )
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"{file.message_id}.xml"
    path.write_bytes(read_document(file.document.sha256))
    answer = {
        "file": str(path),
        "message_id": file.message_id,
        "due_on": file.due_on,
        "version": file.version,
        "debits": file.debits,
        "cents": file.cents,
    }
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()
    return 0
