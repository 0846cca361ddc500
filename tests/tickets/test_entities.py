"""Codes as people write them: spaced, dotted, in lower case, wrong; and numbers that are none."""

from __future__ import annotations

import pytest

from sorgente.tickets.core.entities import find_entities
from sorgente.tickets.core.message import Message


def found(body, *, subject="", digits=None):
    message = Message(id="1", channel="email", subject=subject, body=body)
    return [(e.type, e.text, e.normalized, e.valid) for e in find_entities(message, bare_reading_digits=digits)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("conto it60 x054 2811 1010 0000 0123 456.", ("IBAN", "IT60X0542811101000000123456", True)),
        ("IBAN IT60X0542811101000000123457", ("IBAN", "IT60X0542811101000000123457", False)),
        ("CF rss mra 85t10 a562s", ("CODICE_FISCALE", "RSSMRA85T10A562S", True)),
        ("codice fiscale RSSMRA85T10A562X", ("CODICE_FISCALE", "RSSMRA85T10A562X", False)),
        ("P.IVA 00743110157", ("PARTITA_IVA", "00743110157", True)),
        ("C.F. del condominio 93012345678", ("CODICE_FISCALE", "93012345678", False)),
        ("tel. 071 7231045", ("TELEFONO", "+390717231045", True)),
        ("chiamate il 347/1234567", ("TELEFONO", "+393471234567", True)),
        ("POD IT001E12345678", ("POD", "IT001E12345678", True)),
        ("ho pagato 1.234,50 €", ("IMPORTO", "1234.50", True)),
        ("ho pagato euro 90", ("IMPORTO", "90.00", True)),
        ("codice cliente 0012345", ("CODICE_CLIENTE", "0012345", True)),
        ("il contratto n. 3398812", ("CODICE_UTENZA", "3398812", True)),
        ("fattura n. 2026/001234", ("NUMERO_FATTURA", "2026/001234", True)),
        ("pratica PR-445566", ("NUMERO_PRATICA", "PR-445566", True)),
        ("contatore matr. 14LB123456", ("MATRICOLA_CONTATORE", "14LB123456", True)),
        ("contratto 9 110 228", ("CODICE_UTENZA", "9110228", True)),
        ("cliente C-22 998 1", ("CODICE_CLIENTE", "C-229981", True)),
        ("matricola 0771 92 B", ("MATRICOLA_CONTATORE", "077192B", True)),
        ("rifate la FT-2026-5581", ("NUMERO_FATTURA", "FT-2026-5581", True)),
        ("ho accettato il PV-2026-771", ("NUMERO_PRATICA", "PV-2026-771", True)),
        ("per la 771029 cosa faccio", ("NUMERO_FATTURA", "771029", True)),
        ("posso pagare 50 al mese", ("IMPORTO", "50.00", True)),
        ("il contatore fa 1207", ("LETTURA", "1207", True)),
        ("una fontanella in via Curiel. Piccolo spreco", ("INDIRIZZO", "via Curiel", True)),
        ("il contatore segna 01234", ("LETTURA", "1234", True)),
        ("abito in via XX Settembre 12/A, Osimo", ("INDIRIZZO", "via XX Settembre 12/A, Osimo", True)),
    ],
)
def test_one_code(body, expected):
    assert [(kind, value, valid) for kind, _, value, valid in found(body)] == [expected]


def test_a_reading_and_its_day():
    kinds = [(kind, value) for kind, _, value, _ in found("Lettura del 12/10/2026: 768 mc")]
    assert kinds == [("DATA_LETTURA", "2026-10-12"), ("LETTURA", "768")]


def test_a_bare_number_is_a_reading_only_where_readings_are_expected():
    assert found("587") == []
    assert found("587", digits=2) == [("LETTURA", "587", "587", True)]
    assert found("ok\n\n> 587 mc", digits=2) == []


@pytest.mark.parametrize(
    "body",
    [
        "ho consumato 40 mc in due mesi",
        "ai sensi dell'art. 15",
        "codice destinatario SDI 0000000",
        "la legge 205 del 2017",
        "se lo porta via il tempo. Il 35%",
        "siamo in 4",
        "rispondete via mail",
        "nel 2024",
        "8.30",
    ],
)
def test_what_is_no_code_is_left_alone(body):
    assert found(body) == []


def test_quoted_codes_are_marked():
    message = Message(id="1", channel="email", subject="", body="Ecco.\n> fattura n. 2026/001234")
    assert [entity.in_quote for entity in find_entities(message)] == [True]
