"""Codes as people write them: spaced, dotted, in lower case, wrong; and numbers that are none."""

from __future__ import annotations

import time

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


def pairs(body, **how):
    return [(kind, text) for kind, text, _, _ in found(body, **how)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # in groups, as copied from paper; the group ends with the code, not with the next word
        ("Utenza 31 55 2094, tutto bene", ("CODICE_UTENZA", "31 55 2094")),
        ("la mia utenza nuova 440 01 8829 è aperta", ("CODICE_UTENZA", "440 01 8829")),
        ("ho il contratto 55 7712 0 e sono in regola", ("CODICE_UTENZA", "55 7712 0")),
        ("Cliente 20 447 839 L'avviso dice altro", ("CODICE_CLIENTE", "20 447 839")),
        ("Cliente 5520-33-9 E mandatemi tutto via mail", ("CODICE_CLIENTE", "5520-33-9")),
        ("cliente n. 11.448.227", ("CODICE_CLIENTE", "11.448.227")),
        # letters before, between and behind
        ("Matricola 11KP 55203", ("MATRICOLA_CONTATORE", "11KP 55203")),
        ("il contatore ZR 66 2044 perde", ("MATRICOLA_CONTATORE", "ZR 66 2044")),
        ("misuratore 18 B 551290", ("MATRICOLA_CONTATORE", "18 B 551290")),
        ("matricola E 3310 44 in cortile", ("MATRICOLA_CONTATORE", "E 3310 44")),
        ("la lettura del contatore 17MB55032 è sbagliata", ("MATRICOLA_CONTATORE", "17MB55032")),
        ("per l'utenza 440022-B chiedo", ("CODICE_UTENZA", "440022-B")),
        ("l'utenza parrocchiale PAR/0044", ("CODICE_UTENZA", "PAR/0044")),
        # the number word stands in many ways
        ("vostra nota n. 6613/TEC", ("NUMERO_PRATICA", "6613/TEC")),
        ("n. pos. 7719/R", ("NUMERO_PRATICA", "7719/R")),
        ("la lettera LAM 5510/26", ("NUMERO_PRATICA", "LAM 5510/26")),
        ("prot.4471/26", ("NUMERO_PRATICA", "4471/26")),
        ("accetto l'offerta AL 55/2026 per i lavori", ("NUMERO_PRATICA", "AL 55/2026")),
        ("ft. n. 24/31/88", ("NUMERO_FATTURA", "24/31/88")),
        ("nota di credito 20251887301", ("NUMERO_FATTURA", "20251887301")),
        ("il documento CC/2025/41 è insoluto", ("NUMERO_FATTURA", "CC/2025/41")),
        ("mandatemi il duplicato 2025-01-3391", ("NUMERO_FATTURA", "2025-01-3391")),
        ("rifate la 0031447-C", ("NUMERO_FATTURA", "0031447-C")),
        ("sollecito per la 771203/2025", ("NUMERO_FATTURA", "771203/2025")),
        # no word at all: the code's own letters, or the place where one signs
        ("è ferma la voltura VLT-204", ("NUMERO_PRATICA", "VLT-204")),
        ("PR-220144", ("NUMERO_PRATICA", "PR-220144")),
        ("revocate il prelievo su CL 227 904.", ("CODICE_CLIENTE", "CL 227 904")),
        ("Non arriva niente. Gino 5510223", ("CODICE_CLIENTE", "5510223")),
        ("Non arriva niente. Cod. 0082 6644", ("CODICE_CLIENTE", "0082 6644")),
        ("Non arriva niente.\nGino Prati\n0055102", ("CODICE_CLIENTE", "0055102")),
        ("Chiudete tutto. Ines Prati, 40 771 22", ("CODICE_CLIENTE", "40 771 22")),
        # the serial is in the bill, it is not the bill's number
        ("la matricola in bolletta 65148323 non è la mia", ("MATRICOLA_CONTATORE", "65148323")),
        # eleven digits alone
        ("Serve la portata. 00743110157", ("PARTITA_IVA", "00743110157")),
        ("Associazione Il Melo, 00743110157", ("CODICE_FISCALE", "00743110157")),
        ("il mio numero è 071 6640312", ("TELEFONO", "071 6640312")),
        ("pagherò in rate da 55", ("IMPORTO", "55")),
        ("ho un credito di 118 in bolletta", ("IMPORTO", "118")),
        ("via Casilina km 31", ("INDIRIZZO", "via Casilina km 31")),
        ("abito in borgata Pian 4", ("INDIRIZZO", "borgata Pian 4")),
        # letters of a province or a series behind, three between, a mark before
        ("Contratto 71-20 VT.", ("CODICE_UTENZA", "71-20 VT")),
        ("il codice cliente 5518 AR non va", ("CODICE_CLIENTE", "5518 AR")),
        ("dell'utenza LE 31.40.22, mai letta", ("CODICE_UTENZA", "LE 31.40.22")),
        ("la sostituzione del contatore 07 QRT 3114 in cortile", ("MATRICOLA_CONTATORE", "07 QRT 3114")),
        ("matr. 18 k 00 41 27", ("MATRICOLA_CONTATORE", "18 k 00 41 27")),
        ("il vostro ticket TK#4410", ("NUMERO_PRATICA", "TK#4410")),
        ("ticket #71204", ("NUMERO_PRATICA", "#71204")),
        ("codice avviso 302 0000 5518 3300 41", ("NUMERO_PRATICA", "302 0000 5518 3300 41")),
        # words cut short
        ("perdita dal tubo. ut 44 018 2", ("CODICE_UTENZA", "44 018 2")),
        ("recesso, contr. 51-PV 72", ("CODICE_UTENZA", "51-PV 72")),
        ("da riaprire. cont. 27 ZQ 0 381", ("MATRICOLA_CONTATORE", "27 ZQ 0 381")),
        ("sigillo blu, mat. 0091 7713", ("MATRICOLA_CONTATORE", "0091 7713")),
        ("n° cont. 41/007712", ("MATRICOLA_CONTATORE", "41/007712")),
        ("Boll. 27-551840", ("NUMERO_FATTURA", "27-551840")),
        ("Ric. RZ 411-7", ("NUMERO_PRATICA", "RZ 411-7")),
        ("racc. 88123-4", ("NUMERO_PRATICA", "88123-4")),
        # a day or a quantity by its look, a code by the word before
        ("cliente 21.08.73", ("CODICE_CLIENTE", "21.08.73")),
        ("fornitura 611.208, si comunica", ("CODICE_UTENZA", "611.208")),
        # a day and month are not the beginning of a bill number
        ("la fattura 26-11-40512", ("NUMERO_FATTURA", "26-11-40512")),
        ("bolletta 27-311B anni passati", ("NUMERO_FATTURA", "27-311B")),
        # the article of a bill before a code that may be of anything
        ("rifate la 27-VT-4410", ("NUMERO_FATTURA", "27-VT-4410")),
        # telephones dictated, with their prefix in brackets, behind a customer's code
        ("Nadia, 3 4 9 1 1 0 2 2 5 7", ("TELEFONO", "3 4 9 1 1 0 2 2 5 7")),
        ("chiamate (+39) 347 5510223", ("TELEFONO", "(+39) 347 5510223")),
        ("tel. (055) 271163", ("TELEFONO", "(055) 271163")),
        ("numero 800.44.81.05", ("TELEFONO", "800.44.81.05")),
        # places as far as they reach
        ("via Plinio 31 int 4", ("INDIRIZZO", "via Plinio 31 int 4")),
        ("contrada Serra s.n.c., Ostuni", ("INDIRIZZO", "contrada Serra s.n.c., Ostuni")),
        ("via dei Gelsi lotto 9, Olbia", ("INDIRIZZO", "via dei Gelsi lotto 9, Olbia")),
        ("strada del Pozzo, fraz. Villa", ("INDIRIZZO", "strada del Pozzo, fraz. Villa")),
        ("via Doria 12, pal. B, int. 7, Bari", ("INDIRIZZO", "via Doria 12, pal. B, int. 7, Bari")),
        ("strada Provinciale 9 n. 71, Zibido", ("INDIRIZZO", "strada Provinciale 9 n. 71, Zibido")),
        ("podere San Biagio 3, Siena", ("INDIRIZZO", "podere San Biagio 3, Siena")),
        ("zona industriale, lotto 18, Lamezia", ("INDIRIZZO", "zona industriale, lotto 18, Lamezia")),
        ("ISEE 8.140 con due figli", ("IMPORTO", "8.140")),
    ],
)
def test_codes_as_people_write_them(body, expected):
    assert pairs(body) == [expected]


@pytest.mark.parametrize(
    ("body", "kind", "codes"),
    [
        ("protocolli 2204/26, 6613/26 e 8077/26", "NUMERO_PRATICA", ["2204/26", "6613/26", "8077/26"]),
        ("le fatture FE/551 e FE/552", "NUMERO_FATTURA", ["FE/551", "FE/552"]),
        ("ho due codici (227-A e 227-B)", "CODICE_CLIENTE", ["227-A", "227-B"]),
        ("sui contratti:\n- 22005511\n- 22005512", "CODICE_UTENZA", ["22005511", "22005512"]),
        ("Utenze interessate:\n1) 3344551 casa\n2) 3344552 orto", "CODICE_UTENZA", ["3344551", "3344552"]),
        ("i contratti 13.004 e 13.005 del Comune", "CODICE_UTENZA", ["13.004", "13.005"]),
        ("i contratti 44 801 22 cucina e 44 801 23 giardino", "CODICE_UTENZA", ["44 801 22", "44 801 23"]),
    ],
)
def test_one_word_for_several_codes(body, kind, codes):
    assert pairs(body) == [(kind, code) for code in codes]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("l'ultimo numero che ho letto è 2077", ["2077"]),
        ("L'ultimo numero visibile è 640", ["640"]),
        ("Lettura al rogito: 1893", ["1893"]),
        ("Lettura al passaggio delle chiavi: 3315", ["3315"]),
        ("il contatore 528 stamattina", ["528"]),
        ("il contatore è fermo da tre mesi su 771", ["771"]),
        ("Indice 2 307. Saluti", ["2 307"]),
        ("I numeri scendono: ieri 0722, oggi 0719", ["0722", "0719"]),
        ("lettura 1204 e poi 1377", ["1204", "1377"]),
        ("il contatore stamattina faceva 3 1 0 7", ["3 1 0 7"]),
        ("le cifre ferme a 0741 da Natale", ["0741"]),
        ("subentro, lett. 0918", ["0918"]),
        ("ieri 533 oggi 529. ???", ["533", "529"]),
        ("Lettura presa insieme: metri cubi 5512", ["5512"]),
        ("530 ieri 544 oggi, e nessuno in casa", ["530", "544"]),
        ("perdo acqua: da 2204 a 2217 in una notte", ["2204", "2217"]),
    ],
)
def test_readings_as_people_tell_them(body, expected):
    assert pairs(body) == [("LETTURA", value) for value in expected]


@pytest.mark.parametrize(
    ("body", "written", "day"),
    [
        ("l'ultimo numero che ho letto è 2077 (13/10/2026)", "13/10/2026", "2026-10-13"),
        ("lettura 344 del sette novembre", "sette novembre", "XXXX-11-07"),
        ("319 al 1° novembre", "1° novembre", "XXXX-11-01"),
        ("la lettura del 3/7 è falsa", "3/7", "XXXX-07-03"),
        ("avete letto (16/02/2025, 914) o no?", "16/02/2025", "2025-02-16"),
        ("Lettura 655 del 5.11, grazie", "5.11", "XXXX-11-05"),
        ("la lettura 1.844 del 14 ott. 2026", "14 ott. 2026", "2026-10-14"),
        ("letture 3410 e 511, prese tutte il 19.11.2026", "19.11.2026", "2026-11-19"),
    ],
)
def test_the_day_of_a_reading(body, written, day):
    days = [(text, value) for kind, text, value, _ in found(body) if kind == "DATA_LETTURA"]
    assert days == [(written, day)]


def test_a_table_of_readings_by_day():
    rows = pairs("Ho annotato il contatore:\n7/11 | 811,4 | 811,6\n8/11 | 812,0 | 815,1")
    assert [text for kind, text in rows if kind == "LETTURA"] == ["811,4", "811,6", "812,0", "815,1"]
    assert [text for kind, text in rows if kind == "DATA_LETTURA"] == ["7/11", "8/11"]


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
        "Operatore numero 527, molto scortese",
        "con ISEE 2026 ho diritto?",
        "ai sensi del Reg. UE 2016/679",
        "delibera ARERA 311/2019/R/idr",
        "il contatore generale DN40",
        "Inviato: 16 novembre 2026",
        "decreto R.G. 3320/2025",
        "richiesta di verifica ex D.M. 93/2017",
        "lo SDI nuovo per le fatture è KRRH7B2",
        "ho preso il numero 84 allo sportello",
        "siamo in cinque e segna 4 mc al mese",
        "manca in tutto il vicolo dalle 6",
        "che durezza ha l'acqua a Borgo San Lorenzo?",
        "nessun passaggio nel 2026",
        "consumi da 2021 a 2023",
    ],
)
def test_what_is_no_code_is_left_alone(body):
    assert found(body) == []


def test_quoted_codes_are_marked():
    message = Message(id="1", channel="email", subject="", body="Ecco.\n> fattura n. 2026/001234")
    assert [entity.in_quote for entity in find_entities(message)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "1" * 20_000,
        "1 " * 10_000,
        "12 345 678 " * 2_000,
        "1-" * 10_000,
        "A-1." * 5_000 + "é",
        "via Roma " * 2_500,
        "lettura " * 2_500,
        "lettura del " * 2_000 + "x",
        "contratto n. " * 2_000,
        "codice cliente e utenza di " * 1_000,
        "1.234,5" * 3_000,
        "€ 1.1 " * 3_000,
        "RSSMRA85T10" * 2_000,
        "IT60 " * 4_000,
        "3/7 " * 5_000,
        " " * 20_000 + "1",
        "#1" * 8_000,
        "12 ABC 3 " * 2_500,
        "3 4 " * 5_000,
        "via Po, fraz. Po, " * 1_500,
        "via Po 1 int 1 " * 1_500,
        "(+39) (0" * 3_000,
        "contatore\n" + "3/7 | 1,2 | " * 2_000,
        "lettura 3/7 (" * 2_000,
    ],
    ids=lambda text: text[:14],
)
def test_hostile_texts_take_no_longer_than_their_length_explains(text):
    def seconds(body):
        message = Message(id="1", channel="email", subject="", body=body)
        begun = time.perf_counter()
        find_entities(message, [], bare_reading_digits=2)
        return time.perf_counter() - begun

    seconds(text[:200])
    short = seconds(text[: len(text) // 4])
    long = min(seconds(text), seconds(text))
    assert long < 0.05 or long < 10 * max(short, 0.01)
