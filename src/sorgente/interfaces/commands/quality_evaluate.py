"""`sorgente quality evaluate [--on DATE] [--bills-from DATE]`: what a night does for the service standards."""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta

from sorgente.interfaces.commands.django_setup import start_django

_LOOKS_BACK_DAYS = 60


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="the day to look from: today")
    parser.add_argument(
        "--bills-from", type=date.fromisoformat, metavar="DATE",
        help=f"measure bills issued from this day on: {_LOOKS_BACK_DAYS} days before",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Measure bills, let indemnities accrue, hand them on; 1 when something was refused, which is named."""
    start_django()
    from django.utils import timezone

    from sorgente.quality.usecases.evaluate_clocks import evaluate_clocks
    from sorgente.quality.usecases.record_bill_standards import record_bill_standards
    from sorgente.quality.usecases.settle_indemnities import settle_indemnities

    now = timezone.now()
    as_of = arguments.on or timezone.localtime(now).date()
    start = arguments.bills_from or as_of - timedelta(days=_LOOKS_BACK_DAYS)
    bills = record_bill_standards(start=start, end=as_of + timedelta(days=1))
    clocks = evaluate_clocks(as_of=as_of, at=now)
    settled = settle_indemnities(as_of=as_of, at=now)
    print(
        f"{bills.bills} bollette misurate, {bills.late_bills} in ritardo; {bills.years} anni, {bills.short_years} sotto"
    )
    print(f"{clocks.looked_at} prestazioni scadute o sospese, {clocks.late} fuori standard")
    print(
        f"indennizzi: {settled.on_bill} in bolletta, {settled.paid} corrisposti,"
        f" {settled.direct} da pagare direttamente, {settled.suspended} sospesi, {settled.waiting} in attesa"
    )
    refusals = {**bills.refusals, **clocks.refusals, **settled.refusals}
    for subject, reason in refusals.items():
        print(f"{subject}: {reason}", file=sys.stderr)
    return 1 if refusals else 0
