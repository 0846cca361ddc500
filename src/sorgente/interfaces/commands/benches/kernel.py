"""The bare arithmetic of a bill, a second: 5 brackets, 3 fixed quotas, 3 flat rows, VAT; no splitting, no rows out.

It is made of the same roundings as the product (sorgente.rating.arithmetic), so it says what the exactness costs.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from time import perf_counter
from typing import Any

import numpy as np

from sorgente.rating.arithmetic import E8_PER_CENT, TINY_PER_CENT, half_up, part_between, scaled_size
from sorgente.rating.lazy import Kernel

BATCH = 1_000_000
_EDGES = np.array([18_250_000, 45_000_000, 65_000_000, 90_000_000], np.int64)  # millionths of m3 a person and year
_BRACKETS = np.array([61_800_000, 123_600_000, 185_400_000, 247_200_000, 309_000_000], np.int64)  # price_e8
_FIXED = np.array([2_840_000_000, 610_000_000, 1_230_000_000], np.int64)
_FLAT = np.array([31_240_000, 68_410_000, 9_870_000], np.int64)
_YEAR = 365
_OPEN = 4 * 10**18


@Kernel
def total_bills(
    quantity: Any, days: Any, persons: Any, edges: Any, brackets: Any, fixed: Any, flat: Any, totals: Any
) -> None:
    """Write the total with VAT of each bill, in cents, every row rounded by itself."""
    for bill in range(len(quantity)):
        litres = quantity[bill]
        net = 0
        lower = 0
        for number in range(5):
            upper = _OPEN
            if number < 4:
                upper = scaled_size(edges[number], persons[bill], days[bill], _YEAR, 1, 0)
            part = part_between(lower, upper, 0, litres)
            net += half_up(part * brackets[number], TINY_PER_CENT)
            lower = upper
        for number in range(3):
            net += half_up(fixed[number] * days[bill], E8_PER_CENT * _YEAR)
            net += half_up(litres * flat[number], TINY_PER_CENT)
        totals[bill] = net + half_up(net * 1_000, 10_000)


def measure(size: int) -> tuple[int, float, str]:
    """Compute so many totals on all processors; returns (bills, seconds, unit)."""
    draw = np.random.default_rng(1)
    count = min(size, BATCH)
    days, persons = draw.integers(30, 151, count), draw.integers(1, 6, count)
    quantity = days * persons * draw.integers(60, 190, count)
    totals = np.empty(count, np.int64)
    threads = cpu_count() or 1
    cuts = np.linspace(0, count, threads + 1).astype(int)
    compute = total_bills.compiled

    def piece(lower: int, upper: int) -> None:
        columns = (quantity[lower:upper], days[lower:upper], persons[lower:upper])
        compute(*columns, _EDGES, _BRACKETS, _FIXED, _FLAT, totals[lower:upper])

    piece(0, min(count, 1_000))
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        start = perf_counter()
        while done < size:
            list(pool.map(piece, cuts[:-1].tolist(), cuts[1:].tolist()))
            done += count
        seconds = perf_counter() - start
    return done, seconds, "bills/s"
