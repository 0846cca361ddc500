# ruff: noqa: E501  (a pattern or word list is read as one line)
"""Amounts in euro, and numbers that a word before them explains: customer, contract, meter, bill, case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sorgente.tickets.core.entities.candidate import Candidate

_AMOUNT = r"\d{1,3}(?:[.' ]\d{3})+(?:,\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_EURO = r"(?:€|euro?\b|eur\b|euri\b)"
_AMOUNT_AFTER = re.compile(rf"(?:€|\beuro?|\beur)\.?[ ]?(?P<code>{_AMOUNT})(?![\d]|[.,]\d)", re.I)
_AMOUNT_BEFORE = re.compile(rf"(?<![\w.,/\-])(?P<code>{_AMOUNT})(?:,-+)?[ ]?{_EURO}", re.I)
# "180 o 200 euro", "da 45,20 a 190 €": the first number is money as well.
_AMOUNT_PAIR = re.compile(
    rf"(?<![\w.,/\-])(?P<code>{_AMOUNT})[ ]?(?:o|e|a|/|-|contro|invece di)[ ]?(?:i[ ]|gli[ ])?(?:{_AMOUNT})[ ]?{_EURO}",
    re.I,
)
# Two decimals after a comma are money unless a unit says otherwise.
_AMOUNT_BARE = re.compile(
    r"(?<![\w.,/\-])(?P<code>\d{1,3}(?:\.\d{3})*,\d{2}|\d{4,},\d{2})(?![\d]|[.,]\d|[ ]?(?:mc|m3|m³|metri|litri|%|bar|kwh|mg|°|ore|cm|mm|km|g/|mq|smc))",
    re.I,
)
_AMOUNT_SAID = re.compile(
    rf"\b(?:importo|totale|somma|cifra|saldo|debito|bollett[ae]|conguaglio|arretrato)\s+(?:dovut[oa]\s+|complessiv[oa]\s+|totale\s+)?(?:(?:di|pari\s+a|è|:|da)\s+){{1,2}}(?P<code>{_AMOUNT})"
    r"(?![\d/]|[.,]\d|[ ]?(?:mc|m3|m³|metri|litri|%|rate|mesi|bollett|fattur))",
    re.I,
)

# Sums that only their use gives away: an instalment, what an ISEE says, a bill of so much.
_AMOUNT_USED = re.compile(
    r"(?:\bisee\b(?:\s+(?:corrente|di|da|pari|a|è|20\d\d|del|mio|nostro)){0,4}\s+(?P<isee>\d{1,2}\.?\d{3})(?![\d/]|[.,]\d)"
    r"|(?<![\d.,/\-])(?P<month>\d{2,4})\s+al\s+mese\b"
    r"|\b(?:pagare|versare|pagato|versato|dovrei|devo|addebitato|chiedete|rimborsate|restituite|rate\s+da|rata\s+di)\s+(?P<paid>\d{2,4}(?:\.\d{3})?)(?=\s*(?:$|[.,;:!?)](?!\d)|in\b|al\b|e\b|per\b|ma\b))"
    r"|\bbolletta\s+(?:\w+\s+)?(?P<bill>\d{2,3})(?=\s*(?:$|[.;:!?)](?!\d)|,\s)))",
    re.I,
)

_NUMBER_WORD = r"(?:numero|num\.?|nr\.?|n\.?\s?[°ºro]?\.?|n°|nº|#|no\.)"
_JOIN = rf"(?:\s*(?:di\s+)?(?:{_NUMBER_WORD}|:|=|è(?:\s+il)?|-)\s*){{0,3}}\s*"
_JOIN_DUE = rf"\s*(?:(?:{_NUMBER_WORD}|:|=|è\s+il)\s*){{1,3}}"
_CODE = r"(?P<code>(?=[A-Z0-9./\-]*\d)[A-Z0-9]+(?:[./\-_][A-Z0-9]+)*)"
_CODE_SPACED = r"(?P<code>(?:[A-Z]{1,4}[ \-./]?)?\d[\d./\-]*(?:[ ]\d{2,}[\d./\-]*)*\d(?:[A-Z]\d*|[/\-][A-Z0-9]+)*)"


def _said(cues: str, *, number_word: bool = False, gap: str = "", spaced: bool = False) -> re.Pattern[str]:
    code = _CODE_SPACED if spaced else _CODE
    return re.compile(rf"(?<![A-Z]){cues}{gap}{_JOIN_DUE if number_word else _JOIN}{code}(?![A-Z0-9])", re.I)


_CUED: tuple[tuple[str, int, int, re.Pattern[str]], ...] = (
    # type, rank, shortest code, pattern
    (
        "CODICE_CLIENTE",
        90,
        4,
        _said(
            r"(?:cod(?:ice|\.)?\s*(?:cliente|utente|cli\.?|anagrafico)|(?:numero|n\.?|nr\.?|n°)\s*(?:cliente|utente)|id\s+(?:cliente|utente))",
            spaced=True,
        ),
    ),
    ("CODICE_CLIENTE", 89, 4, _said(r"\b(?:cliente|utente|cli\.)", number_word=True, spaced=True)),
    ("CODICE_CLIENTE", 86, 5, re.compile(r"\b(?:cliente|utente)[ ]+(?P<code>[A-Z]{0,3}-?\d{4,12})(?![A-Z0-9])", re.I)),
    (
        "CODICE_UTENZA",
        90,
        4,
        _said(
            r"(?:cod(?:ice|\.)?\s*(?:utenza|contratto|fornitura|servizio|ut\.?|punto(?:\s+di\s+\w+)?|presa|impianto)|(?:numero|n\.?|nr\.?|n°)\s*(?:di\s+)?(?:utenza|contratto|fornitura))",
            spaced=True,
        ),
    ),
    (
        "CODICE_UTENZA",
        88,
        4,
        _said(
            r"\b(?:utenz[ae]|contratt[oi]|fornitur[ae]|ut\.)(?:\s+(?:idric[ao]|acqua|acquedotto|del\s+servizio\s+idrico))?",
            number_word=True,
            spaced=True,
        ),
    ),
    (
        "CODICE_UTENZA",
        85,
        5,
        re.compile(
            r"\b(?:utenz[ae]|contratto|fornitura)(?:\s+idric[ao])?[ ]+(?P<code>[A-Z]{0,3}[\-]?\d{4,12}(?:[/\-]\d+)*)(?![A-Z0-9])",
            re.I,
        ),
    ),
    (
        "MATRICOLA_CONTATORE",
        91,
        4,
        _said(
            r"(?:matric(?:ola|\.)|matr\.?|n(?:umero|\.)?\s+(?:di\s+)?serie|seriale|s/n)",
            gap=r"(?:\s+(?:del\s+)?(?:contatore|misuratore|nuov[oa]|vecchi[oa]|cont\.?))?",
        ),
    ),
    (
        "MATRICOLA_CONTATORE",
        87,
        5,
        _said(r"\b(?:contator[ei]|misurator[ei])(?:\s+(?:idrico|acqua|dell'acqua))?", number_word=True),
    ),
    (
        "NUMERO_FATTURA",
        90,
        4,
        _said(
            r"\b(?:fattur[ae]|bollett[ae]|ft\.?|fatt\.?|nota\s+(?:di\s+)?credito|documento(?:\s+contabile)?|doc\.)"
            r"(?:\s+(?:elettronica|di\s+conguaglio|di\s+chiusura|dell'acqua|acqua|idrica|insoluta|scaduta))?",
            number_word=True,
            spaced=True,
        ),
    ),
    (
        "NUMERO_FATTURA",
        86,
        5,
        re.compile(
            r"\b(?:fattur[ae]|bollett[ae]|ft\.?)[ ]+(?P<code>(?=[A-Z0-9/\-]*\d{4})[A-Z0-9]+(?:[/\-][A-Z0-9]+)*)(?![A-Z0-9])",
            re.I,
        ),
    ),
    (
        "NUMERO_PRATICA",
        91,
        3,
        _said(
            r"\b(?:pratic[ah]e?|protocollo|prot\.?|preventivo|segnalazione|ticket|richiesta|reclamo|piano(?:\s+(?:di\s+rientro|rateale|di\s+rateizzazione))?"
            r"|avviso(?:\s+(?:di\s+pagamento|pagopa))?|caso|sollecito|diffida|sinistro|prenotazione|appuntamento|domanda|istanza|comunicazione|intervento|rateizzazione"
            r"|riferimento|rif\.?(?:\s+(?:pratica|vs\.?|vostro|interno|prot\.?))?|vs\.?\s+rif\.?|messa\s+in\s+mora|raccomandata|lettera)",
            number_word=True,
            spaced=True,
        ),
    ),
    (
        "NUMERO_PRATICA",
        92,
        6,
        _said(
            r"(?:\biuv|codice\s+avviso(?:\s+pagopa)?|cod(?:ice|\.)\s*(?:pratica|prenotazione|richiesta|segnalazione)|numero\s+(?:di\s+)?(?:pratica|protocollo|avviso|ticket|segnalazione|preventivo))",
            spaced=True,
        ),
    ),
    (
        "NUMERO_PRATICA",
        86,
        4,
        re.compile(
            r"\b(?:pratica|protocollo|prot\.|ticket|preventivo|segnalazione|reclamo|rif\.|sollecito|avviso)[ ]+(?P<code>(?=[A-Z0-9/\-._]*\d{3})[A-Z0-9]+(?:[/\-._][A-Z0-9]+)*)(?![A-Z0-9])",
            re.I,
        ),
    ),
)
# Up to four plain words may stand between cue and code when the code is long enough to be none of theirs.
_WORDS = r"(?:\s+(?!euro\b|mc\b)[a-zà-ù'’]+){0,4}?"
_LONG_CODE = rf"(?:\s*,)?(?:\s*(?:{_NUMBER_WORD}|:))?\s*(?P<code>(?=(?:[A-Z./\-]*\d){{5}})[A-Z0-9]+(?:[./\-_][A-Z0-9]+)*)(?![A-Z0-9])"
_LONG_CODE_NUMBERED = _LONG_CODE.replace(rf"(?:\s*(?:{_NUMBER_WORD}|:))?", rf"\s*(?:{_NUMBER_WORD}|:)", 1)
_LOOSE_CUES = (
    ("MATRICOLA_CONTATORE", 59, r"matricol[ae]|matr\.|contatore|misuratore"),
    ("CODICE_CLIENTE", 58, r"codice\s+(?:cliente|utente)|cliente|utente"),
    ("CODICE_UTENZA", 57, r"utenz[ae]|contratt[oi]|fornitur[ae]|punto|contract"),
    (
        "NUMERO_PRATICA",
        56,
        r"pratica|preventivo|prenotazione|segnalazione|in\s+mora|protocollo|reclamo|piano|sollecito|mandato|ricevuta|cro|ticket|annullare|richiesta",
    ),
    ("NUMERO_FATTURA", 55, r"fattur[ae]|bollett[ae]"),
    ("CODICE_CLIENTE", 45, r"codice|cod\."),
)
_LOOSE: tuple[tuple[str, int, int, re.Pattern[str]], ...] = (
    # With "n." before it the code is one for sure, even where it looks like a telephone number.
    *(
        (kind, rank + 12, 5, re.compile(rf"\b(?:{cue}){_WORDS}[ (]*{_LONG_CODE_NUMBERED}", re.I))
        for kind, rank, cue in _LOOSE_CUES
    ),
    *((kind, rank, 5, re.compile(rf"\b(?:{cue}){_WORDS}[ (]*{_LONG_CODE}", re.I)) for kind, rank, cue in _LOOSE_CUES),
)
# Written in groups, as people copy a code from paper: "contratto 9 110 228", "cliente C-22 998 1", "matr. 0771 92 B".
_GROUPS = rf"(?:\s+(?:{_NUMBER_WORD}|:|è))*\s*[:(]?\s*(?P<code>(?:(?:UT|CL|[A-Z])[ .\-]?)?\d+(?:[ .\-]\d+){{1,4}}(?:[ ]?[A-Z]\b)?)(?![A-Z0-9/]|[.,]\d|[ ]?(?:€|euro|mc\b|m3))"
_GROUPED = tuple(
    (kind, rank, 5, re.compile(rf"\b(?:{cue}){_GROUPS}", re.I))
    for kind, rank, cue in (
        ("MATRICOLA_CONTATORE", 92, r"matricol[ae]|matr\.?"),
        ("MATRICOLA_CONTATORE", 88, r"contatore|misuratore"),
        ("CODICE_CLIENTE", 84, r"(?:cod(?:ice|\.)?\s*)?(?:cliente|utente)|cod(?:ice|\.)?"),
        ("CODICE_UTENZA", 84, r"utenz[ae]|contratt[oi]|fornitur[ae]|numero\s+presa|allaccio"),
    )
)
# The way offices number things, a word or not before it: letters, the year, a running number.
_NUMBERED_BY_YEAR = r"[ \-/]?(?:20)?2\d[\-/ ]\d{2,7}(?:[\-/][A-Z0-9]{1,3})?(?![A-Z0-9])"
_BY_FORM: tuple[tuple[str, int, int, re.Pattern[str]], ...] = (
    ("NUMERO_FATTURA", 54, 5, re.compile(rf"(?<![A-Z0-9/\-])(?P<code>(?:FE|FT|FA|FATT|BOL|ULT|B){_NUMBERED_BY_YEAR})")),
    ("NUMERO_PRATICA", 53, 5, re.compile(rf"(?<![A-Z0-9/\-])(?P<code>[A-Z]{{1,4}}{_NUMBERED_BY_YEAR})")),
    ("CODICE_CLIENTE", 54, 6, re.compile(r"(?<![A-Z0-9/\-])(?P<code>CL[ \-]?\d{5,10})(?![A-Z0-9/\-])")),
    ("CODICE_UTENZA", 54, 6, re.compile(r"(?<![A-Z0-9/\-])(?P<code>UT?[ \-]\d{5,10})(?![A-Z0-9/\-])")),
    # "la 20260041177", "per la 771029/A": a long number that is a she is a bill.
    ("NUMERO_FATTURA", 54, 5, re.compile(r"\b(?:la|della|alla|sulla|nella|ft\.?)[ ](?P<code>\d{5,12}(?:/[A-Z0-9]{1,4})?)(?![A-Z0-9]|[.,]\d|[ ]?(?:€|euro|mc\b))", re.I)),
)  # fmt: skip
# The address of e-invoices is nobody's code.
_E_INVOICE = re.compile(r"\bsdi\b|destinatario|univoco", re.I)
# What follows "e" or a comma after a code of the same kind is one more ("fatture n. 12345 e 12399").
_MORE = re.compile(
    r"[ ]?(?:,|;|e|ed|/|\+)[ ]?(?:la[ ]|il[ ])?(?:n\.?[ ]?|nr\.?[ ]?)?(?P<code>(?=[A-Z0-9/\-]*\d{3})[A-Z0-9]+(?:[/\-.][A-Z0-9]+)*)(?![A-Z0-9]|,\d|[ ]?(?:€|euro|mc|m3|del\b))",
    re.I,
)
_DATE = re.compile(r"\d{1,2}[./\-]\d{1,2}[./\-](?:\d{4}|\d{2})|(?:19|20)\d{2}|\d{1,2}[./\-](?:19|20)\d{2}")
_ENDS = ".,;:-/"


def amount(text: str) -> str:
    """Return an amount as decimal text with two places, "" when it is none ("1.234,5" → "1234.50")."""
    plain = re.sub(r"[ ']", "", text)
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain):
        plain = plain.replace(".", "")
    try:
        return f"{Decimal(plain):.2f}"
    except InvalidOperation:
        return ""


def code_of(text: str) -> str:
    """Return a code as it is compared: capitals, without blanks and dots at the edges."""
    return re.sub(r"\s+", "", text).strip(_ENDS).upper()


def find_amounts(text: str) -> Iterator[Candidate]:
    """Yield sums of money, the number alone."""
    for pattern, rank in (
        (_AMOUNT_AFTER, 80),
        (_AMOUNT_BEFORE, 80),
        (_AMOUNT_PAIR, 78),
        (_AMOUNT_SAID, 70),
        (_AMOUNT_BARE, 50),
    ):
        for found in pattern.finditer(text):
            value = amount(found["code"])
            if (value and not re.fullmatch(r"(?:19|20)\d{2}", found["code"].strip())) or pattern in (
                _AMOUNT_AFTER,
                _AMOUNT_BEFORE,
            ):
                yield Candidate("IMPORTO", *found.span("code"), rank, value)
    for found in _AMOUNT_USED.finditer(text):
        yield Candidate("IMPORTO", *found.span(str(found.lastgroup)), 52, amount(found[str(found.lastgroup)]))


def find_cued_numbers(text: str) -> Iterator[Candidate]:
    """Yield the numbers that a word before them explains."""
    for kind, rank, shortest, pattern in (*_CUED, *_GROUPED, *_LOOSE, *_BY_FORM):
        for found in pattern.finditer(text):
            yield from _accepted(kind, rank, shortest, text, found)


def _accepted(kind: str, rank: int, shortest: int, text: str, found: re.Match[str]) -> Iterator[Candidate]:
    start, end = found.span("code")
    while end > start and text[end - 1] in _ENDS:
        end -= 1
    code = text[start:end]
    if sum(c.isalnum() for c in code) < shortest or _DATE.fullmatch(code.replace(" ", ".")):
        return
    if not code.strip("0 .-/") or _E_INVOICE.search(text[max(0, start - 30) : start]):
        return
    if re.match(r"[ ]?(?:€|euro\b|mc\b|m3\b|m³|%|,\d)", text[end:], re.I):
        return
    yield Candidate(kind, start, end, rank, code_of(code))
    more = _MORE.match(text, end)
    if more and len(code_of(more["code"])) >= 5 and not _DATE.fullmatch(more["code"]):
        yield from _accepted(kind, rank - 1, shortest, text, more)
