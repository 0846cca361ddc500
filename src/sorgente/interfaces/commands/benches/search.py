"""Documents behind one search: a million of them, and the slowest of the questions that people ask."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import numpy as np

from sorgente.interfaces.commands.benches.own_database import own_database

_NAMES = "Anna Luca Giulia Marco Elena Paolo Sara Matteo Chiara Andrea Francesca Davide Laura Simone Marta".split()
_SURNAMES = (
    "Rossi Bianchi Ferrari Esposito Russo Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa Giordano Mancini "
    "Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo"
).split()
_STREETS = "Garibaldi Mazzini Cavour Roma Matteotti Dante Verdi Marconi Leopardi Fontana Gramsci Manzoni".split()
_WORDS = (
    "buongiorno chiedo rettifica della lettura del contatore perché la bolletta ricevuta indica consumi troppo alti "
    "rispetto alla perdita riparata dal tecnico in allegato trovate fotografia e autolettura vorrei rateizzare "
    "pagamento addebito diretto revoca voltura subentro disdetta nuovo indirizzo recapito rimborso deposito reclamo "
    "risposta entro trenta giorni cordiali saluti pressione acqua torbida interruzione servizio notte guasto sigillo "
    "sostituzione"
).split()
_KINDS = np.array(["bill", "einvoice", "letter", "mail", "contract", "scan", "photo"])
_SHARES = [0.42, 0.42, 0.05, 0.05, 0.02, 0.03, 0.01]
_START = datetime(2016, 1, 1, tzinfo=UTC)
_TIMES = 3


def measure(size: int) -> tuple[int, float, str, dict[str, Any]]:
    """Search `size` documents with each question three times; seconds are those of the slowest, at its median.

    Not timed: the database and the documents. The first time of each question is not counted as warm or cold: all are.
    """
    with own_database():
        from sorgente.archive.queries.search import search_documents

        _fill(size)
        seconds: dict[str, float] = {}
        for name, text, filters, page in _questions(size):
            spent, found = [], 0
            for _ in range(_TIMES):
                began = time.perf_counter()
                found = search_documents(text=text, filters=filters, page=page).total
                spent.append(time.perf_counter() - began)
            seconds[name] = median(spent)
            print(f"{median(spent) * 1000:8.1f} ms {max(spent) * 1000:8.1f} ms {found:5d}  {name}", file=sys.stderr)
        worst = max(seconds.values())
    figures = {"worst_ms": round(worst * 1000, 1), "median_ms": round(median(seconds.values()) * 1000, 1)}
    return size, worst, "documents/s behind the slowest search", figures


def _questions(size: int) -> Iterator[tuple[str, str, Any, int]]:
    from sorgente.archive.queries.search import Filters

    yield "a name", "Elena Fontana", Filters(), 1
    yield "a name in the contracts", "Elena Fontana", Filters(kind="contract"), 1
    yield "a tax code", _tax_code(size // 3), Filters(), 1
    yield "a bill by its number", f"{2016 + size // 3 % 11}/SII/{size // 3:07}", Filters(), 1
    yield "a number without its zeros", str(size // 3), Filters(), 1
    yield "a common word", "bolletta", Filters(), 1
    yield "a common word, page 40", "bollette", Filters(), 40
    yield "a common word among the letters", "contatore", Filters(kind="letter"), 1
    yield "a common word where it is not", "fattura elettronica", Filters(kind="photo"), 1
    yield "two words and a name", "reclamo perdita Rossi", Filters(), 1
    yield "a phrase", '"acqua torbida"', Filters(), 1
    yield "a word and not another", "rimborso -deposito", Filters(kind="mail"), 1
    yield "a year", "Bianchi", Filters(start=date(2018, 1, 1), end=date(2019, 1, 1)), 1
    yield "one customer", "bolletta", Filters(subject=f"account:{size // 50:08}"), 1
    yield "a word of old documents only", "cartaceo", Filters(), 1
    yield "a word of new documents only", "telelettura", Filters(), 1
    yield "a word that half of them hold, in one old month", "bolletta", Filters(end=date(2016, 2, 1)), 1
    yield "nothing", "zzzz", Filters(), 1
    yield "no word: the latest photographs", "", Filters(kind="photo"), 1
    yield "no word at all", "", Filters(), 1


def _tax_code(number: int) -> str:
    return f"RSSMRA{number % 100:02}A{number // 100 % 90 + 10:02}H{number // 9000 % 1000:03}X"


def _fill(size: int) -> None:
    """Copy the metadata of `size` documents of ten years into the tables; their contents are not needed to search."""
    from django.db import connection

    draw = np.random.default_rng(17)
    kinds = draw.choice(_KINDS, size, p=_SHARES)
    names = draw.integers(0, len(_NAMES), size)
    surnames = draw.integers(0, len(_SURNAMES), size)
    step = timedelta(days=3_650) / size
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX document_text_words")
        with cursor.copy(
            "COPY archive_document (id, sha256, kind, title, media_type, size, metadata, stored_at) FROM STDIN"
        ) as copy:
            for number in range(size):
                title = _title(str(kinds[number]), number)
                at = (_START + number * step).isoformat()
                copy.write_row(
                    (number + 1, f"{number:064x}", str(kinds[number]), title, "application/pdf", 9_000, "{}", at)
                )
        with cursor.copy("COPY archive_documentsubject (document_id, subject) FROM STDIN") as copy:
            for number in range(size):
                copy.write_row((number + 1, f"account:{number % (size // 20 + 1):08}"))
        with cursor.copy("COPY archive_documenttext (document_id, kind, stored_at, body, codes) FROM STDIN") as copy:
            for number in range(size):
                at = (_START + number * step).isoformat()
                body, codes = _words(draw, str(kinds[number]), number, size, names[number], surnames[number])
                copy.write_row((number + 1, str(kinds[number]), at, body, codes))
        cursor.execute("CREATE INDEX document_text_words ON archive_documenttext USING gin (words)")
        cursor.execute("VACUUM (ANALYZE)")


def _title(kind: str, number: int) -> str:
    words = {"bill": "Bolletta", "einvoice": "Fattura elettronica", "contract": "Contratto di fornitura"}
    return f"{words.get(kind, 'Documento')} {2016 + number % 11}/SII/{number:07}"


def _words(draw: Any, kind: str, number: int, size: int, name: int, surname: int) -> tuple[str, str]:
    from sorgente.archive.core.words import codes_of

    title = _title(kind, number)
    who = f"{_NAMES[name]} {_SURNAMES[surname]}, via {_STREETS[number % len(_STREETS)]} {number % 97}"
    said = " ".join(_WORDS[place] for place in draw.integers(0, len(_WORDS), 60)) if kind in ("mail", "letter") else ""
    age = "cartaceo" if number < size // 30 else "telelettura" if number > size - size // 30 else ""
    return f"{title} {who} {age} {said}", codes_of(
        [title, _tax_code(number), f"account:{number % (size // 20 + 1):08}"]
    )
