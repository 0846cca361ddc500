"""`sorgente tickets retrain`: learn from what people corrected; the new model is taken only when it is not worse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse

_FROZEN = Path("cases/tickets/frozen.jsonl")


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--frozen", type=Path, default=_FROZEN, metavar="FILE", help=f"labelled messages to measure on ({_FROZEN})"
    )


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from django.utils import timezone

    from sorgente.tickets.core.corpus import load_corpus
    from sorgente.tickets.usecases.retrain import retrain

    if not arguments.frozen.is_file():
        raise WrongUse(str(arguments.frozen), "There is no such file.", "Name the labelled messages with --frozen.")
    frozen = load_corpus([arguments.frozen])
    done = retrain(frozen=frozen, at=timezone.now(), on_step=lambda text: print(text, file=sys.stderr))
    answer = {
        "model": done.key,
        "corrections": done.corrections,
        "promoted": done.promoted,
        "reason": done.reason,
        "before": done.before,
        "after": done.after,
    }
    print(orjson.dumps(answer).decode())
    return 0 if done.promoted else 1
