"""Learn the model that sorts mails, in a process beside the first months: nothing here needs Django."""

from __future__ import annotations

from sorgente.learning.encoder import E5Encoder, NoEncoder
from sorgente.tickets.adapters.model_store import current_model


def learn_to_sort(encoder: str) -> None:
    """Learn the model unless its file is there; what was learnt stays in that file.

    encoder  "none", or anything else for sentence vectors
    """
    current_model(encoder=NoEncoder() if encoder == "none" else E5Encoder())
