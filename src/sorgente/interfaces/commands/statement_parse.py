"""`sorgente statement parse FILE...`: bank statements in, JSON Lines out, without Django.

One line per booked detail; a file, or a statement in it, that cannot be read is one line with `error`. Balances
that do not add up are said on standard error: the entries stand, an import would set the statement aside.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from sorgente.payments.adapters.statement_files import read_statement_file
from sorgente.payments.core.statement import BOOKED, StatementEntry


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="camt XML, CBI RH, MT940, or a zip of them")


def run(arguments: argparse.Namespace) -> int:
    bad_news = 0
    write = sys.stdout.buffer.write
    for file in arguments.files:
        try:
            data = Path(file).read_bytes()
        except OSError as error:
            write(orjson.dumps({"file": file, "error": f"{file}: {error.strerror}. Check the path."}) + b"\n")
            bad_news = 1
            continue
        found = read_statement_file(data, file)
        for statement in found.statements:
            for entry in statement.entries:
                write(orjson.dumps(_answer(statement.file, entry)) + b"\n")
            if statement.defect is not None:
                found.refusals.append((statement.file, statement.defect))
            for warning in statement.warnings:
                print(f"sorgente: {statement.file}: {warning}", file=sys.stderr)
        for name, refusal in found.refusals:
            write(orjson.dumps({"file": name, "error": str(refusal), "code": refusal.code}) + b"\n")
            bad_news = 1
    sys.stdout.buffer.flush()
    return bad_news


def _answer(file: str, entry: StatementEntry) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "file": file,
        "account": entry.account,
        "booked_on": entry.booked_on,
        "value_on": entry.value_on,
        "cents": entry.cents,
        "end_to_end_id": entry.end_to_end_id,
        "mandate_id": entry.mandate_id,
        "return_reason": entry.return_reason,
        "remittance": entry.remittance,
        "bank_reference": entry.bank_reference,
        "reversal": entry.reversal,
    }
    if entry.currency != "EUR":
        answer["currency"] = entry.currency
    if entry.status != BOOKED:
        answer["status"] = entry.status
    return answer
