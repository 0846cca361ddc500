"""Whom the channels of the demonstration hear from: customers as they stand at the end, drawn without putting back."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from sorgente.customers.core.values import LoadedCustomer
from sorgente.journeys.demo.founding import Founded
from sorgente.journeys.demo.population import Customer


@dataclass(frozen=True, slots=True)
class Known:
    """A customer and their identifiers; `place` is their position among the founded."""

    place: int
    who: Customer
    ids: LoadedCustomer

    @property
    def full_name(self) -> str:
        return f"{self.who.first_name} {self.who.surname}".strip() or self.who.name


class People:
    """Customers whose supply goes on, in an order that follows from the seed; `without` may grow meanwhile."""

    def __init__(self, founded: Founded, *, without: Collection[int], seed: int) -> None:
        self._all = [
            Known(place, one, there)
            for place, (one, there) in enumerate(zip(founded.customers, founded.loaded, strict=True))
        ]
        random.Random(f"people-{seed}").shuffle(self._all)
        self._without = without
        self._taken: set[int] = set()

    def __iter__(self) -> Iterator[Known]:
        return (one for one in self._all if one.place not in self._without)

    def take(self, count: int, fits: Callable[[Known], bool] = lambda _: True) -> list[Known]:
        """Return so many who fit and were not taken before; fewer in a small utility."""
        found = list(islice((one for one in self if one.place not in self._taken and fits(one)), count))
        self._taken |= {one.place for one in found}
        return found

    def some(self, fits: Callable[[Known], bool] = lambda _: True) -> Known:
        """Return one who fits, taken or not: those nobody took come first. In the smallest utility, anybody."""
        free = self.take(1, fits)
        return free[0] if free else next((one for one in self if fits(one)), self._all[0])


def is_household(one: Known) -> bool:
    return one.who.kind == "person" and bool(one.who.email)


def pays_in_time(one: Known) -> bool:
    return one.who.pays_late_days == 0 and not one.who.seldom_pays
