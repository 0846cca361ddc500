"""What the meters of the demonstration really turn: seasons, habits, a few leaks. Pure NumPy, from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from sorgente.journeys.demo.population import Customer

Litres = npt.NDArray[np.int64]

LEAKING_SHARE = 0.015

# Litres of a day against the yearly mean, by month: gardens in summer, second homes in August.
_SEASON = {
    "domestico_non_residente": (0.3, 0.3, 0.4, 0.8, 0.7, 1.3, 2.4, 3.2, 1.2, 0.5, 0.4, 0.5),
    "agricolo": (0.4, 0.4, 0.6, 0.9, 1.3, 1.8, 2.1, 2.0, 1.2, 0.6, 0.4, 0.3),
    "": (0.94, 0.94, 0.95, 0.98, 1.02, 1.10, 1.14, 1.06, 1.03, 0.97, 0.93, 0.94),
}


class Meters:
    """The true running index of every meter on every day of the simulation.

    days run from `starts_on` (index 0) to `ends_on` included
    """

    def __init__(self, customers: Sequence[Customer], *, starts_on: date, ends_on: date, seed: int) -> None:
        self.starts_on = starts_on
        days = (ends_on - starts_on).days + 1
        generator = np.random.default_rng([seed, len(customers)])
        month = np.array([date.fromordinal(starts_on.toordinal() + day).month - 1 for day in range(days)])
        self._running = np.empty((len(customers), days + 1), dtype=np.int64)
        for position, customer in enumerate(customers):
            season = np.array(_SEASON.get(customer.use, _SEASON[""]))[month]
            habit = np.repeat(generator.lognormal(0, 0.10, days // 30 + 1), 30)[:days]
            litres = customer.yearly_litres / 365 * season * habit * generator.lognormal(0, 0.25, days)
            if generator.random() < LEAKING_SHARE:
                begins = int(generator.integers(days // 3, max(days // 3 + 1, days - 60)))
                litres[begins : begins + 50] += generator.integers(500, 2500)
            self._running[position, 0] = customer.first_index_m3 * 1000
            np.cumsum(np.maximum(litres, 0).astype(np.int64), out=self._running[position, 1:])
            self._running[position, 1:] += customer.first_index_m3 * 1000

    def running_milli(self, positions: Sequence[int], on: date) -> Litres:
        """Return the running index in litres at the start of a day: it never starts again from zero."""
        return self._running[np.asarray(positions, dtype=np.intp), (on - self.starts_on).days]

    def shown_milli(self, positions: Sequence[int], on: date, *, digits: int = 5) -> Litres:
        """Return what the register shows: whole cubic metres, as many digits as it has."""
        return self.running_milli(positions, on) // 1000 % 10**digits * 1000

    def rest(self, position: int, start: date, end: date) -> None:
        """Shut a meter for the days [start, end): it stands still, and goes on from there."""
        first, after = (start - self.starts_on).days, (end - self.starts_on).days
        row = self._running[position]
        ran = row[after] - row[first]
        row[first:after] = row[first]
        row[after:] -= ran

    def leak(self, position: int, start: date, litres: int) -> None:
        """Let so much more water run through a meter from a day on."""
        self._running[position, (start - self.starts_on).days :] += litres
