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
    "channels": "Area, agenda, carta",
    "issue": "  emissione",
    "collect": "  avvisi e addebiti",
}
_WITHIN_A_DAY = ("issue", "collect")


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
    now = datetime.now(UTC)
    call_command("migrate", verbosity=0)
    users = ensure_demo_users()
    with _Bars(console) as bars:
        try:
            summary = make_demo(
                customers=arguments.customers,
                months=arguments.months,
                seed=arguments.seed,
                as_of=arguments.until or now.astimezone().date(),
                workers=arguments.workers,
                tell=bars.tell,
                now=None if arguments.until else now,
            )
        except DemoAlreadyThere as there:
            summary = None
            console.print(str(there))
    if summary is not None:
        _print(summary)
    _print_doors(users, summary)
    return 0


def _print(summary: Any) -> None:
    from sorgente.shared.money import euro

    def states(counted: dict[str, int]) -> str:
        return ", ".join(f"{number} {state}" for state, number in counted.items())

    for label, value in (
        ("Periodo", f"{summary.starts_on:%d/%m/%Y} - {summary.ends_on:%d/%m/%Y}"),
        ("Conti contrattuali", summary.accounts),
        ("Letture", f"{summary.reads} (da verificare: {summary.held})"),
        ("Bollette", f"{summary.bills} (sospese: {summary.parked})"),
        ("Fatturato", euro(summary.billed_cents)),
        ("Incassato", euro(summary.collected_cents)),
        ("Scaduto", euro(summary.overdue_cents)),
        ("Pratiche", states(summary.requests)),
        ("Documenti firmati", f"{summary.signed} con il sigillo della società"),
        ("Appuntamenti", summary.appointments),
        ("E-mail ricevute", summary.mails),
        ("Segnalazioni", states(summary.tickets)),
        ("Fuori standard", f"{summary.late_performances} prestazioni ancora aperte"),
        (
            "Archivio",
            f"{summary.documents} documenti, {summary.scanned} carte scansionate, {summary.destroyed} distrutte",
        ),
        ("Area clienti", f"{summary.portal_users} utenti"),
    ):
        print(f"{label:<20} {value}")
    for refusal in summary.refusals[:10]:
        print(f"! {refusal}", file=sys.stderr)


def _print_doors(users: list[tuple[str, str]], summary: Any) -> None:
    """Say where to look, and as whom."""
    from django.conf import settings

    from sorgente.journeys.demo.web_area import PASSWORD

    site = settings.SITE_ADDRESS
    print("\nDove guardare, dopo `sorgente serve`:")
    for label, path in (
        ("Sportello", "/"), ("Area clienti", "/area/"), ("Tablet per la firma", "/firma/tablet/"),
        ("Prenotazione", "/appuntamenti/"),
    ):  # fmt: skip
        print(f"  {label:<20} {site}{path}")
    print("Un utente per ruolo dello sportello, con un clic dalla pagina d'ingresso:")
    print("  " + ", ".join(f"{username} ({role})" for role, username in users))
    if summary is not None and summary.sign_in:
        print(f"Nell'area clienti: {summary.sign_in}, password {PASSWORD}")
    if summary is not None and summary.to_try:
        account, code, end = summary.to_try
        print(f"Per attivare l'area: conto {account}, codice {code}, codice fiscale che finisce in {end}")


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
