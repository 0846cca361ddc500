from __future__ import annotations

from pathlib import Path

from sorgente.ledger.core.chart import chart_file, read_chart
from sorgente.ledger.models import LedgerAccount


def load_chart(file: Path | None = None) -> int:
    """Bring the table of accounts up to the chart file; returns how many accounts it has.

    New codes are added, names and numbers follow the file; a code that was ever there stays.
    raises  ChartMalformed
    """
    accounts = read_chart(file or chart_file())
    LedgerAccount.objects.bulk_create(
        [LedgerAccount(code=a.code, number=a.number, kind=a.kind, name=a.name) for a in accounts],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["number", "name", "kind"],
    )
    return len(accounts)
