"""`sorgente tickets import FILE…`: take in mails kept as files, one answer a file and in order."""

from __future__ import annotations

import argparse
from pathlib import Path

import orjson

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import SorgenteError


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="mails as .eml files")


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from django.utils import timezone

    from sorgente.journeys.tickets import handle_incoming

    failed = False
    for file in arguments.files:
        try:
            got = handle_incoming(raw=file.read_bytes(), at=timezone.now(), mailbox="file")
        except OSError as problem:
            answer = {"file": str(file), "error": f"{problem.strerror}. Check the path."}
            failed = True
        except SorgenteError as problem:
            answer = {"file": str(file), "error": f"{problem} [{problem.code}]"}
            failed = True
        else:
            answer = {"file": str(file), "outcome": got.outcome, "ticket": got.ticket, "reason": got.reason}
        print(orjson.dumps(answer).decode(), flush=True)
    return 1 if failed else 0
