"""Refusals that more than one place raises."""

from __future__ import annotations

from sorgente.shared.errors import SorgenteError


class UnknownEnvelope(SorgenteError):
    code = "signing.envelope.unknown"
