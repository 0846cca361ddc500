"""The trained model under var/models: learnt at first use, learnt again when corpus, code or encoder change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from sorgente import learning
from sorgente.learning.encoder import CachedEncoder, E5Encoder, TextEncoder
from sorgente.learning.model_file import BadModelFile, load_model, save_model
from sorgente.shared.paths import var_dir
from sorgente.tickets import core
from sorgente.tickets.core.corpus import VECTORS, corpus_files, corpus_hash, load_corpus
from sorgente.tickets.core.triage import Triage


def models_dir() -> Path:
    """Return the folder of models and of remembered vectors."""
    return var_dir() / "models"


def model_key(files: Sequence[Path], encoder_name: str) -> str:
    """Return a short hash of everything that a model depends on."""
    total = hashlib.sha256(f"{encoder_name} scikit-learn {version('scikit-learn')} ".encode())
    for package in (learning, core):
        for source in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            total.update(source.read_bytes())
    total.update(corpus_hash(files).encode())
    return total.hexdigest()[:16]


def train(files: Sequence[Path], encoder: TextEncoder) -> Triage:
    """Return a model learnt from corpus files; vectors already made are remembered."""
    cached = CachedEncoder(encoder, models_dir() / f"vectors-{encoder.name}.npz", shipped=VECTORS)
    learnt = Triage(cached)
    learnt.fit(load_corpus(files))
    state, arrays = learnt.to_state()
    return Triage.from_state(encoder, state, arrays)


def current_model(*, encoder: TextEncoder | None = None, files: Sequence[Path] | None = None) -> Triage:
    """Return the model of the project's corpus, from its file or learnt now."""
    using = E5Encoder() if encoder is None else encoder
    sources = corpus_files() if files is None else files
    path = models_dir() / f"tickets-{model_key(sources, using.name)}.npz"
    if path.exists():
        try:
            return Triage.from_state(using, *load_model(path))
        except BadModelFile:
            path.unlink(missing_ok=True)  # torn by a full disk or a power cut: learn it again
    found = train(sources, using)
    save_model(path, *found.to_state())
    return found
