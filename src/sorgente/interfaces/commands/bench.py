"""`sorgente bench NAME --size N`: measure one speed, one JSON line."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
from importlib import import_module
from pathlib import Path

from sorgente.shared.errors import WrongUse

# name: size when none is given
SIZES = {
    "kernel": 5_000_000,
    "rating": 1_000_000,
    "radio": 100_000,
    "reads": 500_000,
    "billing": 58_734,
    "einvoice": 20_000,
    "bill_pdf": 1_000,
    "receipts": 1_000_000,
    "tickets": 500,
    "search": 1_000_000,
}


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help=", ".join(SIZES))
    parser.add_argument("--size", type=int, help="how many items; each bench has its own default")


def run(arguments: argparse.Namespace) -> int:
    if arguments.name not in SIZES:
        raise WrongUse(f"Bench {arguments.name!r}", "There is no such bench.", f"Choose one of: {', '.join(SIZES)}.")
    size = SIZES[arguments.name] if arguments.size is None else arguments.size
    if size < 1:
        raise WrongUse(f"Bench {arguments.name}", f"Size {size} is not positive.", "Give --size 1 or more.")
    measure = import_module(f"sorgente.interfaces.commands.benches.{arguments.name}").measure
    done, seconds, unit, *more = measure(size)
    print(
        json.dumps(
            {
                "bench": arguments.name,
                "size": done,
                "seconds": round(seconds, 3),
                "rate": round(done / seconds, 1),
                "unit": unit,
                **(more[0] if more else {}),
                "peak_mib": round(_peak_kib() / 1024),
                "cpus": len(os.sched_getaffinity(0)),
                "python": platform.python_version(),
                "commit": _commit(),
            }
        )
    )
    return 0


def _peak_kib() -> int:
    """Return the largest resident size of this process or of any child that has ended."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _commit() -> str:
    here = Path(__file__).resolve().parent
    answer = subprocess.run(
        ["git", "-C", str(here), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "unknown"
