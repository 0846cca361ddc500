"""Errors that more than one act of metering raises."""

from __future__ import annotations

from sorgente.shared.errors import SorgenteError


class UnknownMeter(SorgenteError):
    code = "metering.meter.unknown"


class UnknownRead(SorgenteError):
    code = "metering.read.unknown"
