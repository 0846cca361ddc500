"""`sorgente audit`: check what must always hold, name every offender, exit 1 when there is one."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.audit import Problem
from sorgente.shared.errors import WrongUse

INVARIANTS = {
    "A1": "ogni registrazione contabile quadra e non cambia",
    "A2": "bolletta = righe + IVA = contabilità = fattura elettronica = avviso o addebito",
    "A3": "per contratto i periodi non si sovrappongono né lasciano vuoti; i metri cubi sono quelli del contatore",
    "A4": "i numeri di bolletta non saltano e le date non tornano indietro",
    "A5": "ogni messaggio dall'esterno ha effetto una volta sola",
    "A6": "ogni bolletta si ricalcola identica",
    "A7": "nessuna bolletta, prestazione o indennizzo fuori dai termini senza un motivo registrato",
    "A8": "ogni movimento di denaro ha un documento e ogni documento è intatto",
    "A9": "ogni messaggio, appuntamento e lavoro arriva a una fine",
}

# Each module has `problems() -> Iterator[Problem]`.
CHECKS = (
    "sorgente.ledger.queries.audit",
    "sorgente.customers.queries.audit",
    "sorgente.billing.queries.audit",
    "sorgente.metering.queries.audit",
    "sorgente.payments.queries.audit",
    "sorgente.payments.usecases.compare_files",
    "sorgente.archive.queries.audit",
    "sorgente.archive.signing.queries.audit",
    "sorgente.quality.queries.audit",
)
# Each of these, `problems(at) -> Iterator[Problem]`: what should have ended by a moment.
CHECKS_AT = (
    "sorgente.messages.queries.audit",
    "sorgente.tickets.appointments.queries.audit",
    "sorgente.interfaces.workers.audit",
)


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", action="append", metavar="A3", help="one invariant; may be repeated")
    parser.add_argument("--most", type=int, default=50, help="offenders shown of each invariant (default 50)")
    parser.add_argument(
        "--at", type=datetime.fromisoformat, metavar="TIME", help="the moment by which things should have ended: now"
    )


def run(arguments: argparse.Namespace) -> int:
    wanted = set(arguments.only or INVARIANTS)
    unknown = sorted(wanted - set(INVARIANTS))
    if unknown:
        raise WrongUse(
            f"Invariant {unknown[0]}", "There is no such invariant.", f"Choose among {', '.join(INVARIANTS)}."
        )
    start_django()
    from django.db import connection, transaction

    began = time.monotonic()
    moment = (arguments.at or datetime.now(UTC)).astimezone()
    found: Counter[str] = Counter()
    with transaction.atomic():
        # One snapshot: what a run or an import commits meanwhile must not look like a contradiction.
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for problem in all_problems(moment):
            if problem.invariant in wanted:
                found[problem.invariant] += 1
                if found[problem.invariant] <= arguments.most:
                    print(problem)
    for name, meaning in INVARIANTS.items():
        if name in wanted:
            print(f"{name} {'ok' if not found[name] else f'{found[name]} problemi'}: {meaning}", file=sys.stderr)
    print(f"{found.total()} problemi in {time.monotonic() - began:.1f} s", file=sys.stderr)
    return 1 if found else 0


def all_problems(at: datetime) -> Iterator[Problem]:
    """Yield the offenders of every invariant at that moment, one process after the other."""
    for module in CHECKS:
        problems: Callable[[], Iterator[Problem]] = import_module(module).problems
        yield from problems()
    for module in CHECKS_AT:
        problems_at: Callable[[datetime], Iterator[Problem]] = import_module(module).problems
        yield from problems_at(at)
