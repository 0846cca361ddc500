"""How far a run is, how fast it goes and how long it still takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_ORDER = ["select", "rate", "gate", "issue", "collect", "render", "transmit", "deliver"]
_COUNTS = {
    "issue": "issued",
    "render": "rendered",
    "transmit": "transmitted",
    "deliver": "delivered",
    "collect": "collected",
}


@dataclass(frozen=True, slots=True)
class StepProgress:
    name: str
    state: str  # past, now, ahead
    done: int | None  # None where the step counts nothing of its own
    whole: int

    @property
    def percent(self) -> int:
        return 100 * (self.done or 0) // self.whole if self.whole else 0


@dataclass(frozen=True, slots=True)
class Progress:
    steps: list[StepProgress]
    is_running: bool
    percent: int
    seconds: int | None  # None for a run that is over and did not say when
    a_second: int  # bills issued a second, so far
    left: timedelta | None


def progress_of(run: dict[str, Any], states: dict[str, int], *, collected: int, now: datetime) -> Progress:
    """Return the progress of a run.

    states     how many of its items stand in each state
    collected  how many of its bills have been asked for
    """
    is_done = run["stage"] == "done"
    at = len(_ORDER) if is_done else _ORDER.index(run["stage"])
    # What each step works on: items are selected; of them some are issued; papers are made of what was issued.
    selected, issued = run["selected"] or sum(states.values()), run["issued"]
    counts = {**run, "collected": collected}
    steps = []
    for index, name in enumerate(_ORDER):
        whole = selected if index <= _ORDER.index("issue") else issued
        done = counts[_COUNTS[name]] if name in _COUNTS else (selected if index < at else None)
        state = "past" if index < at else "now" if index == at else "ahead"
        steps.append(StepProgress(name, state, done, whole))
    # A step weighs as much as another; inside the present one its own count tells.
    share = (at + (steps[at].percent / 100 if not is_done else 0)) / len(_ORDER)
    end = run["ended_at"] or (None if is_done else now)
    seconds = max(1, int((end - run["started_at"]).total_seconds())) if end else None
    is_running = not is_done and run["ended_at"] is None
    left = timedelta(seconds=int(seconds * (1 - share) / share)) if is_running and seconds and share > 0 else None
    return Progress(steps, is_running, int(100 * share), seconds, issued // seconds if seconds else 0, left)
