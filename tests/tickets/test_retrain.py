"""Corrections are learnt; a model that got worse is kept aside."""

from __future__ import annotations

import pytest

from sorgente.journeys.tickets import reclassify, register_ticket
from sorgente.tickets.core.corpus import labelled_from
from sorgente.tickets.models import TrainedModel
from sorgente.tickets.queries.tickets import ticket
from sorgente.tickets.usecases import retrain as training
from sorgente.tickets.usecases.correct_ticket import confirm_ticket
from sorgente.tickets.usecases.retrain import NothingToLearn, corrected_messages, retrain
from tests.tickets.conftest import AT

pytestmark = pytest.mark.django_db
# A word that no corpus holds, so that only what was corrected can tell what it means.
STRANGE = "Il gorgoglione del ripiano sbatacchia e il flusciometro sussulta di continuo"


@pytest.fixture(autouse=True)
def _models_of_their_own(tmp_path, monkeypatch):
    """A corpus of sixty messages, models in a folder of the test: learning takes a second."""
    from sorgente.tickets.adapters import classifier, model_store
    from sorgente.tickets.core.corpus import corpus_files

    few = tmp_path / "corpus"
    few.mkdir()
    for file in corpus_files():
        lines = file.read_text().splitlines()[:10]
        (few / file.name).write_text("\n".join(lines) + "\n")
    for module in (training, classifier, model_store):
        monkeypatch.setattr(module, "corpus_files", lambda: sorted(few.glob("*.jsonl")))
        monkeypatch.setattr(module, "models_dir", lambda: tmp_path / "models", raising=False)
    classifier._loaded.cache_clear()
    yield
    classifier._loaded.cache_clear()


def frozen(category: str = "autolettura", body: str = "Vi mando la lettura del contatore: 312"):
    row = {"id": "f", "channel": "email", "subject": "Lettura", "body": body, "category": category, "secondary": [],
           "regulated_type": "nessuno", "priority": "normale", "entities": []}  # fmt: skip
    return [labelled_from(row, where="test")]


def test_nothing_corrected_is_nothing_to_learn(db):
    with pytest.raises(NothingToLearn, match="Nobody has corrected"):
        retrain(frozen=frozen(), at=AT)


def test_what_was_corrected_is_known_the_next_time(db):
    for n in range(6):
        opened = register_ticket(channel="phone", subject="", body=f"{STRANGE} {n}", at=AT).ticket
        reclassify(number=opened.number, category="verifica_contatore", by="anna", at=AT)
    done = retrain(frozen=frozen(), at=AT)
    assert done.promoted
    assert done.corrections == 6
    later = register_ticket(channel="phone", subject="", body=f"Di nuovo: {STRANGE.lower()}", at=AT).ticket
    assert later.category == "verifica_contatore"
    assert later.model == done.key
    # What was proposed before stays as it was proposed, with the model that proposed it.
    assert ticket(opened.number).model != done.key


def test_a_model_that_got_worse_is_not_taken(db, monkeypatch):
    opened = register_ticket(channel="phone", subject="", body="Vorrei la voltura", at=AT).ticket
    confirm_ticket(number=opened.number, by="anna", at=AT)
    figures = iter([dict.fromkeys(training._MEASURES, 0.9), dict.fromkeys(training._MEASURES, 0.88)])
    monkeypatch.setattr(training, "_measured", lambda model, frozen: next(figures))
    done = retrain(frozen=frozen(), at=AT)
    assert not done.promoted
    assert "accuracy 0.900 → 0.880" in done.reason
    assert TrainedModel.objects.get().promoted is False
    again = register_ticket(channel="phone", subject="", body="Vorrei la voltura di casa", at=AT).ticket
    assert again.model != done.key


def test_what_it_is_measured_on_is_not_learnt(db):
    opened = register_ticket(channel="phone", subject="", body="Vi mando la lettura del contatore: 312", at=AT).ticket
    confirm_ticket(number=opened.number, by="anna", at=AT)
    assert len(corrected_messages()) == 1
    assert corrected_messages(but={"Vi mando la lettura del contatore: 312"}) == []
