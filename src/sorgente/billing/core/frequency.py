"""How often a contract is billed, and whether it is due: the legal classes of RQSII art. 38."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sorgente.billing.core.stretches import NO_DAY, Bools, Long

_YEAR_DAYS = 365


def bills_a_year(reference_milli: Long, units: Long, steps: Sequence[Sequence[int]]) -> Long:
    """Return the fewest bills a year of each contract; (n,) int64.

    reference_milli  mean of the latest three Ca, thousandths of m³; -1 not known: the first class
    units            >= 1; a condominium is classed by its consumption per unit (BIL-02)
    steps            [[above this many m³, bills], …] ascending, as arera.billing.bills_per_year has them
    """
    per_unit = np.maximum(reference_milli, 0)
    above = np.array([step[0] for step in steps], dtype=np.int64) * 1000
    bills = np.array([step[1] for step in steps], dtype=np.int64)
    # Strictly above an edge: 100 m³ a year are still in the class up to 100. Compared times units, never divided.
    exceeded = (per_unit[:, None] > above[None, :] * units[:, None]).sum(axis=1)
    chosen: Long = bills[np.maximum(exceeded - 1, 0)]
    return chosen


def is_due(*, through: int, billed_to: Long, supplied_from: Long, supplied_to: Long, bills: Long) -> Bools:
    """Return which contracts a run through a day should bill.

    A contract is due when the days since its latest bill fill its rhythm, or when its supply has ended.
    """
    since = np.where(billed_to == NO_DAY, supplied_from, billed_to)
    rhythm = _YEAR_DAYS // bills
    ended = (supplied_to <= through) & (since < supplied_to)
    running: Bools = (through - since >= rhythm) & (supplied_to > through)
    return ended | running
