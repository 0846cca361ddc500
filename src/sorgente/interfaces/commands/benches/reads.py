"""Reads a second: judged against their history and stored in durable PostgreSQL, a fleet's round at a time.

The fleet is cut into one part per CPU; each part is loaded over a connection of its own, with a commit of its own.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np

from sorgente.interfaces.commands.benches.own_database import own_database

_FLEET = 60_000
_START = date(2025, 1, 1)
_MONTH = timedelta(days=30)
_HISTORY = 13  # months known beforehand: enough for the same season a year ago


def measure(size: int) -> tuple[int, float, str]:
    """Load `size` radio reads of up to 60,000 meters, month after month.

    Not timed: the database, the meters, and a year of history, which also loads the compiled kernels.
    """
    with own_database():
        from django.db import connection

        from sorgente.interfaces.commands.benches.billing_town import fill

        fleet = min(_FLEET, size)
        registers = fill(fleet, supplied_from=_START, read_on=_START + _MONTH)
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('metering_read', 'id'), max(id)) FROM metering_read")
            cursor.execute("SELECT index_milli FROM metering_read WHERE kind = 'radio' ORDER BY register_id")
            index = np.array([row[0] for row in cursor.fetchall()])
        draw = np.random.default_rng(11)
        habit = draw.integers(4_000, 20_000, fleet)  # litres a month

        def load_round(month: int, count: int) -> int:
            nonlocal index
            index = index + habit + draw.integers(-500, 500, fleet)
            cuts = np.linspace(0, count, parts + 1).astype(int)
            pieces = [slice(start, stop) for start, stop in pairwise(cuts)]
            day = _START + month * _MONTH
            return sum(pool.map(lambda piece: _load(registers[piece], index[piece], day), pieces))

        parts = len(os.sched_getaffinity(0))
        with ThreadPoolExecutor(parts) as pool:
            for month in range(2, _HISTORY):
                load_round(month, fleet)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM (ANALYZE)")
                cursor.execute("CHECKPOINT")
            done, month, seconds = 0, _HISTORY, 0.0
            while done < size:
                began = time.perf_counter()
                done += load_round(month, min(fleet, size - done))
                seconds += time.perf_counter() - began
                month += 1
        return done, seconds, "reads/s"


def _load(registers: np.ndarray, index: np.ndarray, day: date) -> int:
    """Load one round and return how many reads were stored."""
    from django.db import transaction

    from sorgente.metering.usecases.load_reads import load_reads

    with transaction.atomic():
        loaded = load_reads(
            register_id=registers,
            read_on=np.full(registers.size, np.datetime64(day, "D")),
            index_milli=index,
            kind="radio",
            received_at=datetime(day.year, day.month, day.day, 22, tzinfo=UTC),
        )
    return loaded.accepted + loaded.held
