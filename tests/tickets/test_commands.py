from __future__ import annotations

import json

import pytest

from sorgente.interfaces.commands.tickets_classify import message_of
from tests.command import sorgente
from tests.shared_files import shared


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "There is no id"),
        (b'{"id": "1"}', "subject and body are both empty"),
        (b'{"id": "1", "body": 5}', "body is not text"),
    ],
)
def test_a_bad_line_gets_an_answer(line, said):
    assert said in message_of(line)["error"]


def test_benchmark_ends_with_one_line(tmp_path):
    rows = [{"text": f"{word} {n}", "label": word} for n in range(6) for word in ("perdita", "bolletta")]
    file = tmp_path / "set.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    answers, _, _ = sorgente("tickets", "benchmark", "--train", str(file), "--test", str(file), "--encoder", "none")
    assert answers[-1].keys() == {"accuracy", "macro_f1", "train", "test", "seconds"}
    assert answers[-1]["accuracy"] == 1


def test_benchmark_names_the_bad_line(tmp_path):
    (tmp_path / "set.jsonl").write_text('{"text": "a", "label": "b"}\n{"text": "a"}\n')
    _, error, _ = sorgente(
        "tickets", "benchmark", "--train", str(tmp_path / "set.jsonl"), "--test", str(tmp_path / "set.jsonl"), expect=2
    )
    assert "set.jsonl line 2: It has no text and label." in error


@pytest.mark.slow
def test_the_public_italian_set():
    folder = shared("reference/samples/intents")
    answers, _, _ = sorgente(
        "tickets",
        "benchmark",
        *("--train", str(folder / "xsid-it.train.jsonl")),
        *("--test", str(folder / "xsid-it.test.jsonl")),
    )
    assert answers[-1]["accuracy"] >= 0.93
