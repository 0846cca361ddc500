"""What became of the bills a step of the run worked on."""

from __future__ import annotations

from dataclasses import dataclass, field

from sorgente.shared.errors import SorgenteError


@dataclass(slots=True)
class StepResult:
    """Each bill that waited is counted once: done, or refused with its reason and still waiting."""

    done: int = 0
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)  # (bill number, why)
