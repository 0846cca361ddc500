"""`sorgente refunds export --on DATE --out FOLDER`: prepare refunds and write their files, one JSON line about each."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from sorgente.interfaces.commands.django_setup import start_django


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="day of the refunds; left out: today")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the files are written")
    parser.add_argument("--account", action="append", metavar="NUMBER", help="only this account; may be repeated")


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from sorgente.archive.queries.documents import read_document
    from sorgente.payments.queries.refund_list import WAYS
    from sorgente.payments.usecases.refunds import (
        NothingToRefund,
        build_refund_file,
        prepare_refunds,
        refund_file_name,
    )

    at = datetime.now(UTC).replace(microsecond=0)
    prepared = prepare_refunds(as_of=arguments.on or at.date(), at=at, account_numbers=arguments.account)
    for account, problem in prepared.refusals:
        print(f"{account}: {problem}", file=sys.stderr)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for way, _ in WAYS:
        try:
            file = build_refund_file(way=way, made_at=at)
        except NothingToRefund:
            continue
        path = arguments.out / refund_file_name(file.message_id, way)
        path.write_bytes(read_document(file.document.sha256))
        answer = {
            "file": str(path), "message_id": file.message_id, "way": way, "refunds": file.refunds, "cents": file.cents,
        }  # fmt: skip
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()
    return 1 if prepared.refusals else 0
