"""Where the papers of bills lie in the archive: what export needs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from sorgente.billing.models import Bill, BillingRun
from sorgente.shared.errors import SorgenteError

_IN_ONE_GO = 1_000


class UnknownRun(SorgenteError):
    code = "billing.run.unknown"


class UnknownBill(SorgenteError):
    code = "billing.bill.unknown"


@dataclass(frozen=True, slots=True)
class BillPapers:
    """File names, hashes and sizes; empty and 0 where the bill has no papers yet."""

    number: str
    einvoice_name: str
    einvoice_sha256: str
    einvoice_size: int
    pdf_sha256: str
    pdf_size: int


def pdf_name(number: str) -> str:
    """Return the file name of a bill's PDF: bolletta-2026-SII-0000123.pdf."""
    return f"bolletta-{number.replace('/', '-')}.pdf"


def papers_count(*, run: str = "", numbers: Sequence[str] = ()) -> int:
    """Return how many bills there are; raises UnknownRun, UnknownBill (the first that is not there)."""
    if run and not BillingRun.objects.filter(name=run).exists():
        raise UnknownRun(f"Run {run}", "There is none of this name.", "See the runs at the desk, or bill first.")
    if numbers:
        known = set(Bill.objects.filter(number__in=numbers).values_list("number", flat=True))
        for number in numbers:
            if number not in known:
                raise UnknownBill(f"Bill {number}", "There is no such number.", "Write it whole: 2026/SII/0000123.")
    return _chosen(run, numbers).count()


def bill_papers(*, run: str = "", numbers: Sequence[str] = ()) -> Iterator[BillPapers]:
    """Yield the papers of a run's bills, or of these bills, in the order of issue."""
    rows = (
        _chosen(run, numbers)
        .order_by("id")
        .values_list(
            "number", "einvoice_name", "einvoice__sha256", "einvoice__size", "document__sha256", "document__size"
        )
    )
    for number, name, einvoice, einvoice_size, pdf, pdf_size in rows.iterator(chunk_size=_IN_ONE_GO):
        yield BillPapers(number, name, einvoice or "", einvoice_size or 0, pdf or "", pdf_size or 0)


def _chosen(run: str, numbers: Sequence[str]) -> QuerySet[Bill, Any]:
    return Bill.objects.filter(run__name=run) if run else Bill.objects.filter(number__in=numbers)
