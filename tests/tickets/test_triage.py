"""The whole: corpus and taxonomy agree, the model is one with its file, and the frozen mails are sorted."""

from __future__ import annotations

from pathlib import Path

import pytest

from sorgente.learning.encoder import NoEncoder
from sorgente.tickets.adapters.model_store import current_model
from sorgente.tickets.core.corpus import BadCorpusLine, author_of, corpus_files, labelled_from, load_corpus
from sorgente.tickets.core.evaluation import evaluate
from sorgente.tickets.core.message import Message
from sorgente.tickets.core.taxonomy import CATEGORIES
from tests.learnt_model import lend_learnt_model

CASES = Path(__file__).resolve().parents[2] / "cases/tickets"
FROZEN, CONTROLS = CASES / "frozen.jsonl", (CASES / "control.jsonl", CASES / "control_second.jsonl")
AUTHORS = "abcdefghijklm"


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """A place of its own for the model that other tests have learnt already."""
    folder = tmp_path_factory.mktemp("var")
    lend_learnt_model(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SORGENTE_VAR", str(folder))
        yield


@pytest.fixture(scope="module")
def model(var):
    return current_model(encoder=NoEncoder())


def test_every_category_has_messages_of_every_author():
    corpus = load_corpus(corpus_files())
    assert {file.stem for file in corpus_files()} == set(CATEGORIES)
    for category in CATEGORIES:
        mine = [author_of(item) for item in corpus if item.category == category]
        assert len(mine) >= 300
        assert all(mine.count(author) >= 10 for author in AUTHORS)
    assert len({item.message.id for item in corpus}) == len(corpus)


@pytest.mark.parametrize("file", [FROZEN, *CONTROLS], ids=lambda file: file.stem)
def test_what_is_measured_on_is_not_trained_on(file):
    apart = load_corpus([file])
    assert {item.category for item in apart} == set(CATEGORIES)
    learnt = {(item.message.subject, item.message.body) for item in load_corpus(corpus_files())}
    assert not learnt & {(item.message.subject, item.message.body) for item in apart}


def test_without_sentence_vectors_the_frozen_mails_are_still_sorted(model):
    kept = load_corpus([FROZEN])
    result = evaluate(kept, model.classify([item.message for item in kept]))
    assert result["accuracy"] >= 0.8
    assert result["top3"] >= 0.91
    assert result["urgent_recall"] >= 0.9
    assert result["entity_f1"] >= 0.92


def test_the_model_of_the_file_answers_like_the_one_just_learnt(model):
    asked = [Message(id="1", channel="email", subject="Perdita", body="Esce acqua dal marciapiede.")]
    again = current_model(encoder=NoEncoder())
    assert again is not model
    assert again.classify(asked) == model.classify(asked)


def test_a_torn_model_is_learnt_again(tmp_path, monkeypatch):
    monkeypatch.setenv("SORGENTE_VAR", str(tmp_path / "var"))
    few = [_every_twentieth(file, tmp_path) for file in corpus_files()]
    learnt = current_model(encoder=NoEncoder(), files=few)
    (file,) = (tmp_path / "var/models").glob("tickets-*.npz")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    asked = [Message(id="1", channel="email", subject="Perdita", body="Esce acqua dal marciapiede.")]
    assert current_model(encoder=NoEncoder(), files=few).classify(asked) == learnt.classify(asked)
    assert len(file.read_bytes()) == len(whole)


def _every_twentieth(file: Path, folder: Path) -> Path:
    """A corpus that is learnt in seconds."""
    kept = folder / file.name
    kept.write_text("".join(file.read_text().splitlines(keepends=True)[::20]))
    return kept


@pytest.mark.parametrize(
    ("body", "priority"),
    [
        ("La fogna trabocca e i liquami entrano in cantina, manca anche l'acqua!", "urgente"),
        ("Dopo aver bevuto l'acqua del rubinetto, che è marrone, abbiamo vomito e diarrea.", "urgente"),
        ("Chiedo ai sensi dell'art. 15 GDPR copia dei miei dati personali.", "alta"),
        ("Oggi il contatore segna 312.", "normale"),
    ],
)
def test_what_must_not_wait_does_not(model, body, priority):
    assert model.classify([Message(id="1", channel="email", subject="", body=body)])[0].priority == priority


def test_a_misleading_quote_changes_nothing(model):
    plain = "Vi comunico la lettura del contatore: 1203 mc."
    quote = (
        "\n\n> La invitiamo a versare l'importo scaduto, pena la sospensione della fornitura. Perdita, guasto, reclamo."
    )
    one, other = model.classify([Message(id=t, channel="email", subject="", body=t) for t in (plain, plain + quote)])
    assert one.category == other.category == "autolettura"
    assert one.ranked == other.ranked


def test_awkward_messages_get_an_answer(model):
    bodies = ["", " ", "?", "\0", "> solo citazione", "x" * 200_000, "😀 " * 50, "<b>ciao</b>"]
    answers = model.classify([Message(id=str(n), channel="email", subject="", body=b) for n, b in enumerate(bodies)])
    assert [answer.id for answer in answers] == [str(n) for n in range(len(bodies))]
    assert all(0 <= answer.confidence <= 1 and len(answer.ranked) >= 3 for answer in answers)


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"category": "altro"}, "“altro” is no label"),
        ({"entities": [{"type": "IBAN", "field": "body", "start": 0, "end": 99}]}, "Entity IBAN [0, 99) is not"),
        ({"body": None, "entities": None}, "A field is missing or wrong"),
    ],
)
def test_a_bad_line_is_named(change, fact):
    row = {
        "id": "1",
        "channel": "email",
        "subject": "",
        "body": "ciao",
        "category": "altro_spam",
        "secondary": [],
        "regulated_type": "nessuno",
        "priority": "normale",
        "entities": [],
    }
    with pytest.raises(BadCorpusLine, match=r"x\.jsonl line 3") as caught:
        labelled_from({**row, **change}, where="x.jsonl line 3")
    assert fact in str(caught.value)
