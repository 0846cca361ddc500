"""What a clock refuses, and what to do then."""

from __future__ import annotations

from sorgente.shared.errors import SorgenteError


class UnknownClock(SorgenteError):
    code = "quality.clock.unknown"


class ClockDiffers(SorgenteError):
    """The same standard and reference came again with other content."""

    code = "quality.clock.differs"


class ClockEnded(SorgenteError):
    code = "quality.clock.ended"


class ClockNotRunning(SorgenteError):
    code = "quality.clock.not-running"


class ClockGoesBack(SorgenteError):
    """An instant lies before what the clock already knows."""

    code = "quality.clock.goes-back"


class ProofMissing(SorgenteError):
    """A cause that takes the indemnity away needs its proof (RQSII art. 73)."""

    code = "quality.clock.proof-missing"


class NoClock(SorgenteError):
    """The standard counts things: no clock measures it."""

    code = "quality.standard.counts-things"
