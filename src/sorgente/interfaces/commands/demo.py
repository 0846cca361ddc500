"""`sorgente demo`: make an invented utility, live its months, say where to look."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, date, datetime
from typing import Any

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse

_WORDS = {
    "people": "Persone e luoghi",
    "found": "Contratti e contatori",
    "days": "Giorni vissuti",
    "issue": "  emissione",
    "collect": "  avvisi e addebiti",
    "render": "  documenti",
    "transmit": "  trasmissione",
    "deliver": "  recapito",
}
_WITHIN_A_DAY = ("issue", "collect", "render", "transmit", "deliver")


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--months", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="the day it stops before: today")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that make documents")


def run(arguments: argparse.Namespace) -> int:
    for name in ("customers", "months", "workers"):
        if getattr(arguments, name) < 1:
            raise WrongUse(f"--{name}", f"{getattr(arguments, name)} is not positive.", "Give 1 or more.")
    start_django()
    from django.core.management import call_command
    from rich.console import Console

    from sorgente.interfaces.desk.demo import ensure_demo_users
    from sorgente.journeys.demo.demo import DemoAlreadyThere, make_demo

    console = Console(stderr=True)
    call_command("migrate", verbosity=0)
    users = ensure_demo_users()
    with _Bars(console) as bars:
        try:
            summary = make_demo(
                customers=arguments.customers,
                months=arguments.months,
                seed=arguments.seed,
                as_of=arguments.until or datetime.now(UTC).astimezone().date(),
                workers=arguments.workers,
                tell=bars.tell,
            )
        except DemoAlreadyThere as there:
            summary = None
            console.print(str(there))
    if summary is not None:
        _print(summary)
    print("\nSportello: http://127.0.0.1:8000/ (sorgente serve), un utente per ruolo:")
    print("  " + ", ".join(f"{username} ({role})" for role, username in users))
    return 0


def _print(summary: Any) -> None:
    from sorgente.shared.money import euro

    for label, value in (
        ("Periodo", f"{summary.starts_on:%d/%m/%Y} - {summary.ends_on:%d/%m/%Y}"),
        ("Conti contrattuali", summary.accounts),
        ("Letture", f"{summary.reads} (da verificare: {summary.held})"),
        ("Bollette", f"{summary.bills} (sospese: {summary.parked})"),
        ("Fatturato", euro(summary.billed_cents)),
        ("Incassato", euro(summary.collected_cents)),
        ("Scaduto", euro(summary.overdue_cents)),
        ("Segnalazioni", "non ancora gestite"),
    ):
        print(f"{label:<20} {value}")
    for refusal in summary.refusals[:10]:
        print(f"! {refusal}", file=sys.stderr)


class _Bars:
    """Bars that last: one for the whole, one for what the day is busy with."""

    def __init__(self, console: Any) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._bars = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> _Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def tell(self, what: str, done: int, of: int) -> None:
        place = "within" if what in _WITHIN_A_DAY else what
        if place not in self._tasks:
            self._tasks[place] = self._bars.add_task(_WORDS[what], total=of)
        self._bars.update(self._tasks[place], description=_WORDS[what], completed=done, total=of or None)
