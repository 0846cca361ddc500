"""`sorgente reads import FILE --profile NAME [--dry-run]`: a reader's file becomes reads.

One JSON line says what became of the file; with --dry-run the first lines come before it, as they were understood.
Lines that were not simply accepted stand in FILE.rejects.csv, with the reason and what to do.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--profile", required=True, metavar="NAME", help="how the file is laid out: rules/metering/profiles"
    )
    parser.add_argument("--dry-run", action="store_true", help="read and judge, store nothing")


def run(arguments: argparse.Namespace) -> int:
    file = Path(arguments.file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise WrongUse(str(file), f"{error.strerror}.", "Check the path.") from None
    start_django()
    import orjson

    from sorgente.metering.usecases.import_reader_file import import_reader_file

    result = import_reader_file(
        content=content,
        file_name=file.name,
        profile_name=arguments.profile,
        received_at=datetime.now(UTC),
        dry_run=arguments.dry_run,
    )
    if arguments.dry_run:
        for line in result.preview:
            print(orjson.dumps({**line._asdict(), "text": line.text.strip()}).decode())
    rejects = None
    if result.rejects:
        rejects = file.with_name(file.name + ".rejects.csv")
        rejects.write_bytes(result.rejects)
    answer = {
        "file": str(file),
        "profile": arguments.profile,
        "dry_run": arguments.dry_run,
        "lines": result.lines,
        "accepted": result.accepted,
        "held": result.held,
        "repeated": result.repeated,
        "without_read": result.without_read,
        "rejected": result.rejected,
        "rejects_file": None if rejects is None else str(rejects),
        "imported_before_at": result.imported_before_at,
    }
    print(orjson.dumps(answer).decode())
    return 0
