"""`sorgente archive sweep`: compare a part of the archive with its hashes, from where the latest call stopped."""

from __future__ import annotations

import argparse
import json
import sys

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--budget", type=int, default=20_000, help="documents compared at most (default 20,000)")


def run(arguments: argparse.Namespace) -> int:
    """Print `{"id","sha256","title","problem"}` for each broken document; 1 when there is one."""
    if arguments.budget < 1:
        raise WrongUse("--budget", f"{arguments.budget} is not positive.", "Give --budget 1 or more.")
    start_django()
    from django.utils import timezone

    from sorgente.archive.usecases.sweep import sweep_integrity

    outcome = sweep_integrity(as_of=timezone.now(), budget=arguments.budget)
    for one in outcome.broken:
        facts = {"id": one.id, "sha256": one.sha256, "title": one.title, "problem": one.problem}
        print(json.dumps(facts, ensure_ascii=False))
    end = "giro finito" if outcome.is_complete else "il giro continua alla prossima chiamata"
    print(f"{outcome.checked} documenti riletti, {len(outcome.broken)} danneggiati: {end}", file=sys.stderr)
    return 1 if outcome.broken else 0
