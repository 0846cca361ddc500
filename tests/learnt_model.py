"""The classifier without sentence vectors: learnt once for all tests, lent to whoever needs a place of their own."""

from __future__ import annotations

from pathlib import Path

from sorgente.learning.encoder import NoEncoder
from sorgente.tickets.adapters.model_store import current_model, models_dir


def lend_learnt_model(var: Path) -> None:
    """Put the learnt model under a folder that a test names as SORGENTE_VAR."""
    current_model(encoder=NoEncoder())
    (var / "models").symlink_to(models_dir())
