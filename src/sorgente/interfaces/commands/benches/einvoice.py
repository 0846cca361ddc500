"""`sorgente bench einvoice`: e-invoices written, in processes, every one proven schema-valid outside the clock."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from sorgente.billing.adapters.einvoice import einvoice_progressive, einvoice_xml
from sorgente.billing.adapters.einvoice_check import check_einvoice
from sorgente.billing.core.specimen import specimen_bill

_KINDS = 200  # different bills; written again and again under other file numbers
_CHECKED = 100


def measure(size: int) -> tuple[int, float, str]:
    """Write `size` e-invoices; returns how many, the seconds, the unit. Raises when one of them is not valid."""
    processes = len(os.sched_getaffinity(0))
    share = -(-size // processes)
    starts = range(0, size, share)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(_warm, range(processes * 4)))
        began = time.perf_counter()
        written = sum(pool.map(partial(_write, share=share, size=size), starts))
        seconds = time.perf_counter() - began
    for number in range(min(size, _CHECKED)):
        problems = check_einvoice(_one(number))
        if problems:
            raise AssertionError(f"Specimen {number} is not valid: {problems[0]}")
    return written, seconds, "e-invoices/s"


_bills = [specimen_bill(number) for number in range(_KINDS)]


def _warm(number: int) -> int:
    return len(_one(number))


def _one(number: int) -> bytes:
    return einvoice_xml(_bills[number % _KINDS], progressive=einvoice_progressive(number))


def _write(start: int, *, share: int, size: int) -> int:
    stop = min(start + share, size)
    return sum(bool(_one(number)) for number in range(start, stop))
