"""The classifier in use: the model that was promoted last, loaded once a process."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings

from sorgente.learning.encoder import E5Encoder, NoEncoder, TextEncoder
from sorgente.learning.model_file import BadModelFile, load_model
from sorgente.tickets.adapters.model_store import current_model, model_key, models_dir
from sorgente.tickets.core.corpus import corpus_files
from sorgente.tickets.core.message import Classified, Message
from sorgente.tickets.core.triage import Triage

# In models_dir(): the model file that retraining took, and the code it was learnt with.
_PROMOTED = "tickets-promoted.txt"


class InUse(NamedTuple):
    """A model and the name that predictions are stored with."""

    name: str
    triage: Triage


def encoder() -> TextEncoder:
    """Return the encoder of the settings: sentence vectors, or none where they cannot be had."""
    return NoEncoder() if settings.TICKETS_ENCODER == "none" else E5Encoder()


def model_in_use() -> InUse:
    """Return the promoted model, else the corpus's own (learnt now when its file is not there)."""
    pointer = models_dir() / _PROMOTED
    return _loaded(str(models_dir()), pointer.read_text() if pointer.exists() else "")


def promote(name: str) -> None:
    """Use the model of this name from now on; other processes see it at their next message."""
    pointer = models_dir() / _PROMOTED
    waiting = pointer.with_suffix(".new")
    waiting.write_text(f"{name} {model_key([], encoder().name)}")
    waiting.replace(pointer)


@lru_cache(maxsize=2)
def _loaded(folder: str, promoted: str) -> InUse:
    using = encoder()
    name, _, code = promoted.partition(" ")
    path = models_dir() / f"{name}.npz"
    # A model learnt with other code reads texts otherwise than this code writes them: it has to be learnt again.
    if name and code == model_key([], using.name) and path.exists():
        try:
            return InUse(name, Triage.from_state(using, *load_model(path)))
        except (BadModelFile, ValueError):
            pass  # torn: the corpus's own model takes over
    found = current_model(encoder=using)
    return InUse(f"tickets-{model_key(corpus_files(), using.name)}", found)


def classify(message: Message) -> tuple[Classified, InUse]:
    """Return the proposal for one message and the model that made it."""
    model = model_in_use()
    return model.triage.classify([message])[0], model
