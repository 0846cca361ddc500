"""`sorgente statement import FILE...`: book bank statements and match their entries, one JSON line per file.

Bills whose debit the bank sent back get a notice, and their customers a message, sent at once.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.interfaces.commands.files_to_lines import Answers, answer_files


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="camt.053 or camt.054, CBI RH, MT940, or a zip")


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from sorgente.messages.usecases.deliver_messages import deliver_messages
    from sorgente.payments.usecases.ask_again import ask_again

    outcome = answer_files(arguments.files, _answers)
    now = datetime.now(UTC)
    again = ask_again(asked_at=now)
    if again.bills:
        print(f"{again.bills} bills whose debit failed got a notice.", file=sys.stderr)
        deliver_messages(as_of=now)
    for about, error in again.refusals:
        print(f"{about}: {error} [{error.code}]", file=sys.stderr)
    return 1 if again.refusals else outcome


def _answers(data: bytes, file: str) -> Answers:
    from sorgente.payments.usecases.import_statement import import_statement

    done = import_statement(data=data, file=file, imported_at=datetime.now(UTC))
    answer = {
        "file": file,
        "repeated": done.repeated,
        "entries": done.entries,
        "new": done.new,
        "matched": done.matched,
        "suspense": done.suspense,
    }
    refused = [{"file": name, "error": str(error), "code": error.code} for name, error in done.refusals]
    return [answer, *refused]
