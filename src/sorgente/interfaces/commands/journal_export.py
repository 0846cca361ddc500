"""`sorgente journal export [--file FILE] [--through DATE]`: the ledger as a journal that bean-check accepts."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--file", type=Path, help="where to write it; standard output when left out")
    parser.add_argument("--through", type=date.fromisoformat, metavar="DATE", help="the latest day, included")


def run(arguments: argparse.Namespace) -> int:
    if arguments.file is not None:
        try:
            arguments.file.open("a").close()
        except OSError as error:
            raise WrongUse(str(arguments.file), f"{error.strerror}.", "Check the path.") from None
    start_django()
    from django.db import connection, transaction

    from sorgente.ledger.queries.journal import journal

    with transaction.atomic():
        # One snapshot: the closing balances must see exactly the entries before them.
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if arguments.file is None:
            sys.stdout.writelines(journal(through=arguments.through))
        else:
            with arguments.file.open("w", encoding="utf-8") as out:
                out.writelines(journal(through=arguments.through))
    return 0
