"""Bills are drawn, transmitted and delivered beside the days that follow: drawing takes half of the demonstration.

A thread with a database connection of its own keeps the drawing processes busy while the next days are lived. Without
processes everything happens at once.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime

from django.db import connections

from sorgente.journeys.bill_cycle import Cycle, print_and_send


class Sender:
    """One cycle at a time: `wait` before anything else issues bills or draws papers."""

    def __init__(self, processes: Executor | None) -> None:
        self._processes = processes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bills")
        self._sending: Future[Cycle] | None = None
        self.refusals: list[str] = []

    def send(self, cycle: Cycle, *, at: datetime) -> None:
        """Begin to draw and send the bills of a cycle."""
        if self._processes is None:
            self._tell(print_and_send(cycle, at=at, workers=1))
        else:
            self._sending = self._thread.submit(self._send, cycle, at)

    def wait(self) -> None:
        """Return when the bills of the latest cycle are out; raises what stopped them."""
        if self._sending is not None:
            sending, self._sending = self._sending, None
            self._tell(sending.result())

    def _send(self, cycle: Cycle, at: datetime) -> Cycle:
        try:
            return print_and_send(cycle, at=at, processes=self._processes)
        finally:
            connections.close_all()  # of this thread alone

    def _tell(self, cycle: Cycle) -> None:
        self.refusals += [f"{number}: {why}" for number, why in cycle.refusals]
