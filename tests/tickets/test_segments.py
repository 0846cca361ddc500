from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.tickets.core.language import language_of
from sorgente.tickets.core.segments import new_text, quoted_text, segment

THREAD = """Buongiorno,
confermo la lettura 322.

Cordiali saluti
Anna Rossi

Il giorno lun 12 ott 2026 alle ore 10:11 Servizio Clienti <info@acque.example> ha scritto:
> Gentile cliente,
> ci mandi la lettura. I reclami vanno scritti.
"""
OUTLOOK = """Va bene giovedì.

Da: Pianificazione
Inviato: lunedì 5 ottobre 2026
A: Anna
Oggetto: Visita
Le proponiamo giovedì.
"""
PEC = """Messaggio di posta certificata
Il giorno 12/11/2026 alle ore 09:30:11 (+0100) il messaggio "Disdetta" è stato inviato da "a@pec.example"
indirizzato a: acque@pec.example
Si comunica la disdetta del contratto.
"""
BETWEEN = """> Quale contatore?
Quello del giardino.
> E la lettura?
Segna 12.
"""


@pytest.mark.parametrize(
    ("body", "new"),
    [
        (THREAD, "confermo la lettura 322."),
        (OUTLOOK, "Va bene giovedì."),
        (PEC, "Si comunica la disdetta del contratto."),
        (BETWEEN, "Quello del giardino.\nSegna 12."),
        ("Manca l'acqua.\n\nInviato da iPhone", "Manca l'acqua."),
        ("Pago domani.\n--\nStudio Bianchi\nvia Roma 1", "Pago domani."),
        ("Chiedo copia.\n\nAvviso di riservatezza: le informazioni sono riservate.\nRighe.", "Chiedo copia."),
    ],
    ids=["reply", "outlook", "pec", "answers between", "telephone", "signature", "disclaimer"],
)
def test_the_new_text_is_what_the_sender_wrote_now(body, new):
    assert new_text(body, segment(body)) == new


def test_the_quote_is_kept_apart():
    assert "I reclami vanno scritti" in quoted_text(THREAD, segment(THREAD))


@given(st.text(alphabet="aIl> -_Da:Inviato\nsaluti.12", max_size=300))
def test_the_parts_cover_the_body_without_gaps(body):
    parts = segment(body)
    assert "".join(body[part.start : part.end] for part in parts) == body


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vorrei la copia della bolletta", "it"),
        ("Could you please send me a copy of the bill, it is for my landlord", "en"),
        ("", "it"),
    ],
)
def test_the_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize("line", [" ", ">", "* ", "il ", "saluti "])
def test_a_hostile_line_takes_no_longer_than_its_length(line):
    """Were a pattern quadratic, this would not end within the hour."""
    body = line * 300_000
    assert segment(body)[-1].end == len(body)
