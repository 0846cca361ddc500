# ruff: noqa: E501  (a pattern or word list is read as one line)
"""Meter indexes and the days they were read on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sorgente.tickets.core.entities.candidate import Candidate

BARE_RANK = 30
_MONTHS = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
_MONTH_WORD = "|".join(f"{name[:3]}(?:{name[3:]}|\\.)?" for name in _MONTHS)
_DAY = (
    r"(?:\d{1,2}[./\-]\d{1,2}[./\-](?:20\d{2}|\d{2})(?!\d)|20\d{2}-\d{2}-\d{2}|(?:1°|1º|primo|\d{1,2})[ ](?:di[ ])?"
    rf"(?:{_MONTH_WORD})\b(?:[ ](?:del[ ])?'?(?:20\d{{2}}|\d{{2}})\b)?|\d{{1,2}}/\d{{1,2}}(?![\d/]))"
)
_INDEX = r"(?:\d{1,3}(?:\.\d{3})+|0*\d{1,6})(?:,\d{1,3})?"
_NOT_AFTER = (
    r"(?![\d]|[.,/\-:]\d|°|[A-Za-z](?<![mM])|[ ]?(?:€|euro\b|eur\b|%|giorni|gg\b|mesi|anni|ore\b|volte|person|component|rate\b|bollett|lettur|contator|litri|bar\b"
    rf"|appartament|unità|(?:{_MONTH_WORD})\b))"
)
_CUE = (
    r"(?:(?:auto)?lettur[ae]|(?<!la )(?<!di )(?<!per )(?<!alla )(?<!della )legg\w+|segn(?:a|ava|ano|ando|i|ato)\b|numer[oi](?:\s+(?:ner[oi]|del\s+contatore|dell'acqua))?|quadrante|indic(?:e|i|a|ava)\b|totalizzatore"
    r"|cifr[ae](?:\s+ner[ae])?|consumo\s+a\s+contatore|contatore\s+(?:è\s+)?a(?:rrivato\s+a)?|contatore\s*[:=]|contatore\s+(?:adesso\s+|ora\s+|oggi\s+)?(?:fa|dice|sta|porta)|(?:è|era|siamo|eravamo|sta|stava|fermo|ferma|partit[oa])\s+a(?:\s+quota)?|riport(?:a|ava|ano|ate)|mostra(?:va)?|valor[ei]|iniziale|finale|precedente|attuale|stimat[ao]|presunt[ao]|effettiv[ao]|reale|rilevat[ao]|vera)"
)
_FILLER = (
    rf"(?:[ ]*(?:[:=\-–(\"«']|\b(?:di|del|dei|al|a|il|la|i|in|data|è|era|sono|erano|oggi|ieri|stamattina|odiern[ao]|attual[ei]|attualmente|adesso|ora|esatt[ao]|corrett[ao]|giust[ao]|vera|real[ei]|finale|iniziale"
    rf"|ner[oi]|acqua|dell'acqua|contatore|dal|mio|sul|nel|mc|m3|m³|metri cubi|pari|circa|solo|invece|per|quella|che|ho|fatt[ao]|rilevat[ao]|pres[ao]|da|me|seguente|alla|fine|inizio|riparazione|chiusura|consegna|subentro|voltura|partenza|installazione|sostituzione|posa|rimozione|numero|n\.|quota|questa|questo|appena|si|legge|risulta|cioè|ossia|e|ultima|ancora|bensì|non|oltre|soli|ben)\b|matr\w*\.?\s*[A-Z0-9\-]+|{_DAY})[ ]*){{0,9}}"
)
_SAID = re.compile(rf"\b{_CUE}(?P<between>{_FILLER}[\s:=]*?)(?<![\d.,/\-])(?P<code>{_INDEX}){_NOT_AFTER}", re.I)
# "da 1234 a 1302", "1234 anziché 1302" right after a reading or its word
_SECOND = re.compile(
    rf"[ ]*(?:mc|m3|m³|metri cubi)?[ ]*(?:,|;|\)|\()?[ ]*(?:e non|e|ed|a|anziché|invece (?:di|che)|contro|mentre|quando|non|o|al posto di|/|->|→)[ ]*(?:il|la|i|quell[ao] (?:vera|reale|giusta) è|vera|reale|è|era|di|a)?[ ]*(?P<code>{_INDEX}){_NOT_AFTER}",
    re.I,
)
_UNIT_ONLY = re.compile(r"^\s*[ ]?(?:mc|m3|m³|metri\s+cubi)\b", re.I)
# A volume consumed is no index.
_VOLUME_CUE = re.compile(
    r"(?:consum\w+|fatturat\w*|addebitat\w*|media|differenza|prelev\w+|volume|prelievo)\W+(?:\w+\W+){0,4}$", re.I
)
_DATE_NEAR = re.compile(rf"(?<![\d/.\-])(?P<code>{_DAY})", re.I)
_READ_WORD = re.compile(r"lettur|legg|letto|segna|rilevat|contatore|autolettura|misurat|fotografat|foto\b", re.I)
_NEXT = re.compile(r"[^\n.;]{0,45}$")
_YEAR = re.compile(r"(?:19|20)\d{2}")


def index(text: str) -> str:
    """Return an index as whole cubic metres, the decimals of the red digits dropped ("01.234,5" → "1234")."""
    return str(int(re.sub(r"\D", "", text.split(",")[0])))


def day(text: str) -> str:
    """Return a day as ISO text, with XXXX for a year that is not said; "" when there is no such day."""
    low = text.lower().replace("°", "").replace("º", "").replace("primo", "1").replace("'", "")
    iso = re.fullmatch(r"(20\d{2})-(\d{2})-(\d{2})", low)
    if iso:
        year, month, number = (int(part) for part in iso.groups())
    else:
        numbers = re.findall(r"\d+", low)
        named = next((m for m, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name[:3]}", low)), 0)
        parts = [int(n) for n in numbers]
        number, month, rest = (parts[0], named, parts[1:]) if named else (parts[0], parts[1], parts[2:])
        year = (rest[0] + 2000 if rest[0] < 100 else rest[0]) if rest else 0
    try:
        date(year or 2024, month, number)
    except ValueError:
        return ""
    return f"{year:04d}-{month:02d}-{number:02d}" if year else f"XXXX-{month:02d}-{number:02d}"


# Where a message is known to bring readings, a number that nothing else explains is one.
_LOOSE = re.compile(rf"(?<![\w.,/\-])(?P<code>{_INDEX}){_NOT_AFTER}", re.I)
_NO_INDEX_BEFORE = re.compile(
    r"(?:\b(?:n|nr|num|int|interno|scala|sc|piano|civico|ore|alle|dalle|art|tel|anni|via|foglio|particella|ross[oiae]|appartamento|del|dal|nel|cap|lotto|tariffa|legge)\.?|\+|€|euro|°)\s*$|\d:$",
    re.I,
)
_MONTH_BEFORE = re.compile(rf"(?:{_MONTH_WORD}|anno)\s*$", re.I)
_CORE_CUE = re.compile(r"lettur|legg|segn|quadrante|indic|numer|totalizz|contatore", re.I)
_READ_NEAR = re.compile(r"lettur|contatore|misurator|quadrante|segna|\bmc\b|m3|metri cubi|verbale", re.I)
# Day and month without a year are easily a flat or a share ("scala 2/9"): a little word must make them a day.
_BARE_DAY = re.compile(r"\d{1,2}/\d{1,2}")
_DAY_WORD = re.compile(r"(?:\b(?:il|del|al|dal|in data|data|oggi|ieri|letto|lettura)|[(,:\-]|^)\s*$", re.I)
_DATE_CUE = re.compile(r"(?:lettur\w*|rilevat\w*|lett[oa]|in data|segnava|riportava|fotografat\w)[^.;\n]{0,30}$", re.I)


def find_readings(text: str, *, least_digits: int | None) -> Iterator[Candidate]:
    """Yield indexes that a cue word announces, and the dates that stand beside them.

    least_digits  how long a bare number must be to count, where the message is known to be about readings; or None
    """
    spans: list[tuple[int, int]] = []
    for found in _SAID.finditer(text):
        start, end = found.span("code")
        if _YEAR.fullmatch(found["code"]) and re.search(r"(?:del|nel|dal|anno)\s*$", found["between"], re.I):
            continue
        if _VOLUME_CUE.search(text[max(0, found.start() - 40) : found.start()]) and _UNIT_ONLY.match(text[end:]):
            continue
        near = text[max(0, start - 120) : end + 30]
        if not _CORE_CUE.match(found[0]) and (not _READ_NEAR.search(near) or len(found["code"]) < 2):
            continue
        spans.append((start, end))
        yield Candidate("LETTURA", start, end, 66, index(found["code"]))
        second = _SECOND.match(text, end)
        if second and not _YEAR.fullmatch(second["code"]) and len(index(second["code"])) >= 2:
            spans.append(second.span("code"))
            yield Candidate("LETTURA", *second.span("code"), 65, index(second["code"]))
    if least_digits is not None:
        for span in _bare_numbers(text, least_digits):
            if span not in spans:
                spans.append(span)
                yield Candidate("LETTURA", *span, BARE_RANK, index(text[slice(*span)]))
    yield from _days_beside(text, spans)


def _bare_numbers(text: str, least_digits: int) -> Iterator[tuple[int, int]]:
    for found in _LOOSE.finditer(text):
        start, end = found.span("code")
        lone = not text[:start].strip() and not text[end:].strip()
        before = text[max(0, start - 14) : start]
        year = _YEAR.fullmatch(found["code"]) and (_MONTH_BEFORE.search(before) or least_digits > 2)
        volume = least_digits > 2 and _UNIT_ONLY.match(text[end:])
        if (
            (len(found["code"]) >= least_digits or lone)
            and not year
            and not volume
            and not _NO_INDEX_BEFORE.search(before)
        ):
            yield start, end


def _days_beside(text: str, spans: list[tuple[int, int]]) -> Iterator[Candidate]:
    for found in _DATE_NEAR.finditer(text):
        start, end = found.span("code")
        value = day(found["code"])
        if not value or (_BARE_DAY.fullmatch(found["code"]) and not _DAY_WORD.search(text[max(0, start - 12) : start])):
            continue
        for from_, to in spans:
            between = text[end:from_] if end <= from_ else text[to:start]
            if _DATE_CUE.search(text[max(0, start - 45) : start]):
                yield Candidate("DATA_LETTURA", start, end, 67, value)
                break
            near = len(between) <= 60 and "\n\n" not in between and not re.search(r"[.;!?]\s", between)
            if near and not re.search(
                r"fattur|bollett|scad|pagat|nat[oa]\b", between + text[max(0, start - 22) : start], re.I
            ):
                yield Candidate("DATA_LETTURA", start, end, 67, value)
                break
