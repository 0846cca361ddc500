"""Bills a second: from stored reads to rows, VAT, numbers and postings in durable PostgreSQL."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any

from sorgente.interfaces.commands.benches.own_database import own_database

_START, _READ_ON, _BILL_ON = date(2026, 1, 1), date(2026, 4, 1), date(2026, 4, 20)


def measure(size: int) -> tuple[int, float, str]:
    """Bill `size` contracts, three residents each, three months on actual reads; 12 rows a bill.

    Not timed: the database, the contracts and their reads, the choice of contracts, and one bill beforehand that
    loads the compiled kernels.
    """
    with own_database():
        from django.db import connection

        from sorgente.billing.usecases.advance_run import advance_run
        from sorgente.billing.usecases.start_run import start_run
        from sorgente.interfaces.commands.benches.billing_town import fill

        contracts = fill(size + 600, supplied_from=_START, read_on=_READ_ON)
        now = datetime(2026, 4, 20, 9, tzinfo=UTC)

        def start(name: str, chosen: list[int]) -> Any:
            return start_run(name=name, bill_on=_BILL_ON, read_through=_READ_ON, started_at=now, contract_ids=chosen)

        advance_run(start("warm", contracts[size:].tolist()), at=now)
        run = start("bench", contracts[:size].tolist())
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        run = advance_run(run, at=now)
        seconds = time.perf_counter() - began
        return run.issued, seconds, "bills/s"
