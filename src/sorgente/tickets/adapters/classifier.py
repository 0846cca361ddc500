"""The classifier in use: the model that was promoted last, loaded once a process."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from sorgente.learning.encoder import E5Encoder, NoEncoder, TextEncoder
from sorgente.learning.model_file import BadModelFile, load_model
from sorgente.tickets.adapters.model_store import current_model, model_key, models_dir
from sorgente.tickets.core.corpus import corpus_files
from sorgente.tickets.core.message import Classified, Entity, Message
from sorgente.tickets.core.triage import Triage

PROMOTED = "tickets-promoted.txt"  # in models_dir(): the name of the model file that retraining took


class InUse(NamedTuple):
    """A model and the name that predictions are stored with."""

    name: str
    triage: Triage


def encoder() -> TextEncoder:
    """Return the encoder of the settings: sentence vectors, or none where they cannot be had."""
    return NoEncoder() if settings.TICKETS_ENCODER == "none" else E5Encoder()


def model_in_use() -> InUse:
    """Return the promoted model, else the corpus's own (learnt now when its file is not there)."""
    pointer = models_dir() / PROMOTED
    return _loaded(str(models_dir()), pointer.read_text().strip() if pointer.exists() else "")


@lru_cache(maxsize=2)
def _loaded(folder: str, promoted: str) -> InUse:
    using = encoder()
    path = models_dir() / promoted
    if promoted and path.exists():
        try:
            return InUse(promoted.removesuffix(".npz"), Triage.from_state(using, *load_model(path)))
        except (BadModelFile, ValueError):
            pass  # torn, or of another encoder: the corpus's own model takes over
    found = current_model(encoder=using)
    return InUse(f"tickets-{model_key(corpus_files(), using.name)}", found)


def classify(message: Message) -> tuple[Classified, InUse]:
    """Return the proposal for one message and the model that made it."""
    model = model_in_use()
    return model.triage.classify([message])[0], model


def entity_as_json(entity: Entity) -> dict[str, Any]:
    return asdict(entity)
