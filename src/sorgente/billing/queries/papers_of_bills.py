"""The files of issued bills: e-invoice and PDF, with the names to give them outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from sorgente.billing.models import Bill, BillingRun
from sorgente.billing.queries.bill_values import UnknownBill
from sorgente.shared.errors import SorgenteError


class UnknownRun(SorgenteError):
    code = "billing.run.unknown"


@dataclass(frozen=True, slots=True)
class Papers:
    """files  (name, SHA-256 in the archive) of what is made already; empty before the papers are drawn"""

    number: str
    files: tuple[tuple[str, str], ...]


def pdf_name(number: str) -> str:
    """Return the file name of a bill's PDF: bolletta-2026-SII-0000123.pdf."""
    return f"bolletta-{number.replace('/', '-')}.pdf"


def papers_of_bills(*, numbers: Sequence[str] | None = None, run: str | None = None) -> Iterator[Papers]:
    """Yield the files of these bills, or of a run's, in the order of the numbers.

    raises  UnknownBill, UnknownRun: before anything is yielded
    """
    rows = (
        _chosen(numbers, run)
        .order_by("series_id", "sequence")
        .values_list("number", "einvoice_name", "einvoice__sha256", "document__sha256")
    )
    return (_papers(*row) for row in rows.iterator())


def papers_count(*, numbers: Sequence[str] | None = None, run: str | None = None) -> int:
    """Return how many bills `papers_of_bills` yields; raises the same."""
    return _chosen(numbers, run).count()


def _chosen(numbers: Sequence[str] | None, run: str | None) -> QuerySet[Bill, Any]:
    if numbers is not None:
        there = set(Bill.objects.filter(number__in=numbers).values_list("number", flat=True))
        missing = [number for number in numbers if number not in there]
        if missing:
            raise UnknownBill(f"Bill {missing[0]}", "There is none.", "Check the number: it reads 2026/SII/0000123.")
        return Bill.objects.filter(number__in=numbers)
    if BillingRun.objects.filter(name=run).exists():
        return Bill.objects.filter(run__name=run)
    raise UnknownRun(f"Run {run}", "There is none.", "See the names in the run cockpit.")


def _papers(number: str, einvoice_name: str, einvoice: str | None, document: str | None) -> Papers:
    files = []
    if einvoice is not None:
        files.append((einvoice_name, einvoice))
    if document is not None:
        files.append((pdf_name(number), document))
    return Papers(number, tuple(files))
