"""Numbers that no word explains: what they are is learnt, and what words and check digits say still holds."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from sorgente.tickets.core.corpus import corpus_files, load_corpus
from sorgente.tickets.core.entities import Chooser, find_entities
from sorgente.tickets.core.message import Message

# The length of a bare reading, where a message of the category brings readings.
DIGITS = {"autolettura": 2, "lettura_contestazione": 3}


def learnt(corpus):
    chooser = Chooser()
    chooser.fit(corpus, [DIGITS.get(item.category) for item in corpus])
    return chooser


@pytest.fixture(scope="module")
def corpus():
    return load_corpus(corpus_files())[::2]


@pytest.fixture(scope="module")
def chooser(corpus):
    return learnt(corpus)


def found(chooser, body, *, subject="", digits=None):
    message = Message(id="1", channel="email", subject=subject, body=body)
    return [
        (e.type, e.text, e.normalized, e.valid)
        for e in find_entities(message, bare_reading_digits=digits, chooser=chooser)
    ]


@pytest.mark.parametrize(
    ("body", "kind", "value"),
    [
        ("Mi serve il duplicato in PDF della 2027/55190, grazie", "NUMERO_FATTURA", "2027/55190"),
        ("Pagata oggi allo sportello postale 2027/33871", "NUMERO_FATTURA", "2027/33871"),
        ("Il quadrante da stamattina non si muove: 2917", "LETTURA", "2917"),
        ("Avete chiuso la mia segnalazione senza fare niente (SGN-27-4410)", "NUMERO_PRATICA", "SGN-27-4410"),
    ],
)
def test_the_sentence_tells_what_a_number_is(chooser, body, kind, value):
    assert (kind, value) in [(name, normalized) for name, _, normalized, _ in found(chooser, body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("IBAN IT60X0542811101000000123457", ("IBAN", "IT60X0542811101000000123457", False)),
        ("codice fiscale RSSMRA85T10A562X", ("CODICE_FISCALE", "RSSMRA85T10A562X", False)),
        ("abito in via Plinio 31 int 4", ("INDIRIZZO", "via Plinio 31 int 4", True)),
        ("codice cliente 0012345", ("CODICE_CLIENTE", "0012345", True)),
        ("Re: ticket 55190", ("NUMERO_PRATICA", "55190", True)),
        ("tel. 071 7231045", ("TELEFONO", "+390717231045", True)),
    ],
)
def test_what_a_word_or_a_check_digit_says_holds(chooser, body, expected):
    assert [(kind, value, valid) for kind, _, value, valid in found(chooser, body)] == [expected]


@pytest.mark.parametrize("body", ["", "587", "ai sensi dell'art. 15", "nel 2024", "siamo in 4", "x" * 5_000, "\0"])
def test_what_is_nothing_stays_nothing(chooser, body):
    assert found(chooser, body) == []


def test_a_model_of_a_file_chooses_like_the_one_just_learnt(chooser, corpus):
    again = Chooser.from_state(*chooser.to_state())
    for item in corpus[:200]:
        assert find_entities(item.message, chooser=again) == find_entities(item.message, chooser=chooser)


def test_the_same_messages_give_the_same_machine(corpus):
    one, other = learnt(corpus[::2]).to_state(), learnt(corpus[::2]).to_state()
    assert one[0] == other[0]
    assert one[0]["signs"]
    assert all((one[1][name] == other[1][name]).all() for name in one[1])


def test_messages_of_customers_carry_no_marks_and_teach_nothing(corpus):
    theirs = [
        replace(item, message=replace(item.message, id=str(number)), entities=()) for number, item in enumerate(corpus)
    ]
    assert learnt(theirs).to_state()[0]["signs"] == []


def test_a_machine_that_learnt_too_little_leaves_it_to_the_patterns(corpus):
    little = learnt(corpus[:50])
    for item in corpus[:200]:
        assert find_entities(item.message, chooser=little) == find_entities(item.message)


def test_a_table_of_numbers_is_left_to_the_patterns(chooser):
    body = "matricole e letture:\n" + "\n".join(f"{number} 00{number}" for number in range(1000, 1300))
    message = Message(id="1", channel="email", subject="", body=body)
    assert find_entities(message, chooser=chooser) == find_entities(message)


@pytest.mark.parametrize(
    "text", ["1 " * 10_000, "1/2 " * 5_000, "€ 1.1 " * 3_000, "3 4 9 " * 3_000, "cliente " * 2_500]
)
def test_hostile_texts_take_no_longer_than_their_length_explains(chooser, text):
    def seconds(body):
        message = Message(id="1", channel="email", subject="", body=body)
        begun = time.perf_counter()
        find_entities(message, [], bare_reading_digits=2, chooser=chooser)
        return time.perf_counter() - begun

    seconds(text[:200])
    short = seconds(text[: len(text) // 4])
    long = min(seconds(text), seconds(text))
    assert long < 0.05 or long < 10 * max(short, 0.01)
