"""`sorgente telegrams import FILE… [--keys KEYS]`: radio telegrams become reads of the day.

Files hold hex lines, JSON lines, or logs of rtl-wmbus or wmbusmeters; `-` is standard input. One JSON line a file says
what became of it. Telegrams that gave no read for a reason stand in FILE.problems.csv (standard error for `-`).
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--keys", metavar="KEYS", help="CSV with serial or radio_id, and key: stored encrypted, first")


def run(arguments: argparse.Namespace) -> int:
    if not arguments.files and not arguments.keys:
        raise WrongUse(
            "sorgente telegrams import", "No file is named.", "Name a file, - for standard input, or --keys."
        )
    contents = [(name, _content(name)) for name in arguments.files]
    keys = None if arguments.keys is None else _content(arguments.keys)
    start_django()
    import orjson

    from sorgente.metering.usecases.import_meter_keys import import_meter_keys
    from sorgente.metering.usecases.import_telegrams import import_telegrams

    if keys is not None:
        stored = import_meter_keys(content=keys, file_name=arguments.keys)
        listed = _list(arguments.keys, [tuple(problem) for problem in stored.problems], ["line", "meter", "message"])
        answer = {"keys": arguments.keys, "lines": stored.lines, "stored": stored.stored, "problems_file": listed}
        print(orjson.dumps(answer).decode())
    for name, content in contents:
        lines = content.decode("utf-8", errors="replace").splitlines()
        result = import_telegrams(lines=lines, received_at=datetime.now(UTC))
        answer = {
            "file": name,
            "lines": result.lines,
            "repeated": result.repeated,
            "unreadable": result.unreadable,
            "outcomes": {str(outcome): count for outcome, count in sorted(result.outcomes.items())},
            "accepted": result.accepted,
            "held": result.held,
            "formats_learnt": result.formats_learnt,
            "problems_file": _list(
                name, [tuple(problem) for problem in result.problems], ["line", "radio_id", "outcome", "message"]
            ),
        }
        print(orjson.dumps(answer).decode())
    return 0


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise WrongUse(name, f"{error.strerror}.", "Check the path.") from None


def _list(name: str, rows: list[tuple[object, ...]], header: list[str]) -> str | None:
    """Write the problems beside the file; return where, None when there are none."""
    if not rows:
        return None
    text = io.StringIO()
    write = csv.writer(text, delimiter=";", lineterminator="\r\n")
    write.writerow(header)
    write.writerows(rows)
    if name == "-":
        sys.stderr.write(text.getvalue())
        return None
    beside = Path(name).with_name(Path(name).name + ".problems.csv")
    beside.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    return str(beside)
