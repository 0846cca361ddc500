"""`sorgente bills run --on DATE`: the billing of a day, from selection to delivery; the same name goes on."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, date, datetime, timedelta

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=date.fromisoformat, required=True, metavar="DATE", help="day of issue, YYYY-MM-DD")
    parser.add_argument("--name", help="name of the run: the day of issue when left out")
    parser.add_argument(
        "--reads-through", type=date.fromisoformat, metavar="DATE", help="latest day billed: the day before the issue"
    )
    parser.add_argument("--all", action="store_true", help="every contract with days to bill, not only those due")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that make documents")


def run(arguments: argparse.Namespace) -> int:
    if arguments.workers < 1:
        raise WrongUse("--workers", f"{arguments.workers} is not positive.", "Give 1 or more.")
    start_django()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from sorgente.journeys.bill_cycle import run_bill_cycle

    with Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bars:
        tasks = {}

        def tell(step: str, done: int, of: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=of)
            bars.update(tasks[step], completed=done, total=of)

        cycle = run_bill_cycle(
            name=arguments.name or arguments.on.isoformat(),
            bill_on=arguments.on,
            read_through=arguments.reads_through or arguments.on - timedelta(days=1),
            select="all" if arguments.all else "due",
            at=datetime.now(UTC).replace(microsecond=0),
            workers=arguments.workers,
            progress=tell,
        )
    for number, why in cycle.refusals:
        print(f"{number}: {why} [{why.code}]", file=sys.stderr)
    counts = ("selected", "issued", "parked", "collected", "rendered", "transmitted", "delivered")
    print(json.dumps({"run": cycle.name} | {name: getattr(cycle, name) for name in counts}))
    return 1 if cycle.refusals else 0
