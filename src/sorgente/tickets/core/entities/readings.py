# ruff: noqa: E501  (a pattern or word list is read as one line)
"""Meter indexes and the days they were read on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date

from sorgente.tickets.core.entities.candidate import Candidate

BARE_RANK = 30
_MONTHS = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
_MONTH_WORD = "|".join(f"{name[:3]}(?:{name[3:]}|\\.(?=[ ]'?\\d{{2}}))?" for name in _MONTHS)
_SPELT = (
    "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto"
    " diciannove venti ventuno ventidue ventitré ventiquattro venticinque ventisei ventisette ventotto ventinove trenta trentuno"
).split()
_SPELT_WORD = "|".join(sorted(_SPELT, key=len, reverse=True))
DAY = (
    r"(?:\d{1,2}[./\-]\d{1,2}[./\-](?:20\d{2}|\d{2})(?!\d)|20\d{2}-\d{2}-\d{2}|(?:1°|1º|primo|\d{1,2}|"
    rf"\b(?:{_SPELT_WORD}))[ ](?:di[ ])?"
    rf"(?:{_MONTH_WORD})(?:\b|(?<=\.))(?:[ ](?:del[ ])?'?(?:20\d{{2}}|\d{{2}})\b)?|\d{{1,2}}[.\-](?:0?[1-9]|1[0-2])(?![\d/]|[.,\-]\d)|\d{{1,2}}/\d{{1,2}}(?![\d/]))"
)
# Two decimals are cents; a blank may stand where a dot could.
_INDEX = (
    r"(?:\d(?:[ ]\d){2,5}(?![ ]?\d)|\d{1,3}(?:\.\d{3})+|\d{1,3}[ ]\d{3}(?![ ]?\d)|0*\d{1,6})(?:,(?:\d{3}|\d)(?!\d))?"
)
_NOT_AFTER = (
    r"(?![\d]|[.,/\-:]\d|°|[ ]\d+(?![\d./\-])|[A-Za-z](?<![mM])|[ ](?:mc|m3)[ ](?:al|a|ogni)[ ](?:mese|giorno|bimestre|trimestre|anno)|[ ]in[ ]ross|[ ]?(?:€|euro\b|eur\b|%|giorni|gg\b|mesi|anni|ore\b|volte|person|component|rate\b|bollett|lettur|contator|litri|bar\b|cifre|punti\b|ross[oi]\b"
    rf"|appartament|unità|(?:{_MONTH_WORD})\b))"
)
_CUE = (
    r"(?:(?:auto)?lettur[ae]|(?<!la )(?<!di )(?<!per )(?<!alla )(?<!della )legg\w+|segn(?:a|ava|ano|ando|i|ato)\b|numer[oi](?:\s+(?:ner[oi]|del\s+contatore|dell'acqua))?|quadrante|indic(?:e|i|a|ava)\b|totalizzatore"
    r"|cifr[ae](?:\s+(?:ner[ae]|ferm[ae]))?|consumo\s+a\s+contatore|contatore\s+(?:è\s+)?a(?:rrivato\s+a)?|(?:contatore|misuratore)(?=[ ](?:\d{2,5}|\d{1,2}\.\d{3})(?![\w/\-]|[.,]\d|[ ]\d))|lett[oai]\b|contatore\s*[:=]|(?:contatore|quadrante)\s+(?:adesso\s+|ora\s+|oggi\s+|stamattina\s+)?(?:fa(?:ceva)?|dice|sta|porta)|lett\.|(?:è|era|siamo|eravamo|sta|stava|ferm[oa](?:[ ]da[ ]\w+[ ]\w+)?|inchiodat[oa]|bloccat[oa]|chius[oa]|partit[oa]|parte)\s+(?:a|su|da)(?:\s+quota)?|riport(?:a|ava|ano|ate)|mostra(?:va)?|valor[ei]|visibil[ei]|vist[ao]|cifre[ ]ferme|(?:finisce|finiva|cominciava)[ ](?:a|da)|faceva|recava|iniziale|finale|precedente|attuale|stimat[ao]|presunt[ao]|effettiv[ao]|reale|rilevat[ao]|vera)"
)
_FILLER = (
    rf"(?:[ ]*(?:[:=\-–(\"«']|\b(?:di|del|dei|al|a|il|la|i|in|data|è|era|sono|erano|oggi|ieri|stamattina|odiern[ao]|attual[ei]|attualmente|adesso|ora|esatt[ao]|corrett[ao]|giust[ao]|vera|real[ei]|finale|iniziale"
    rf"|ner[oi]|acqua|dell'acqua|contatore|dal|mio|sul|nel|mc|m3|m³|metri cubi|pari|circa|solo|invece|per|quella|che|ho|fatt[ao]|rilevat[ao]|pres[ao]|assieme|insieme|da|me|seguente|alla|fine|inizio|riparazione|chiusura|consegna|subentro|voltura|partenza|installazione|sostituzione|posa|rimozione|numero|n\.|quota|questa|questo|appena|si|legge|risulta|cioè|ossia|e|ultima|ultimo|visibile|letto|ferm[oaei]|bloccat[oaei]|su|preso|c'è|c'era|concordat[oa]|contraddittorio|cambia|passa|comunicat[oa]|vecchi[oa]|nuov[oa]|ancora|bensì|non|oltre|soli|ben)\b|matr\w*\.?\s*[A-Z0-9\-]+|{DAY})[ ]*){{0,9}}"
)
_SAID = re.compile(rf"\b{_CUE}(?P<between>{_FILLER}[\s:=]*?)(?<![\d.,/\-])(?P<code>{_INDEX}){_NOT_AFTER}", re.I)
# "da 1234 a 1302", "1234 anziché 1302" right after a reading or its word
_SECOND = re.compile(
    rf"(?:[ ](?:il|al|del|in data)[ ]{DAY})?[ ]*(?:mc|m3|m³|metri cubi)?[ ]*(?:,|;|\)|\()?[ ]*(?:e non|e poi|e|ed|a|anziché|invece (?:di|che)|contro|mentre|quando|non|o|al posto di|/|->|→)[ ]*(?:il|la|i|quell[ao] (?:vera|reale|giusta) è|vera|reale|è|era|di|a)?[ ]*(?P<code>{_INDEX}){_NOT_AFTER}",
    re.I,
)
# A few more words between, for a number too long to be anything of theirs: "lettura al passaggio delle chiavi: 2214".
_SAID_FROM_AFAR = re.compile(
    rf"\b(?:(?:auto)?lettur[ae]|indice|(?:ultimo|mio)\s+numero|numero\s+sul\s+contatore)(?:[ ](?!entro\b|ogni\b|fattur|bollett)[^\W\d]+['’]?){{1,7}}(?:[ ]?[:(][ ]?|[ ])(?P<code>{_INDEX}){_NOT_AFTER}",
    re.I,
)
# "256 al 1° novembre", "1345 il giorno 2/11": the day says that it was read.
_READ_ON = re.compile(
    rf"(?<![\w.,/\-])(?P<code>{_INDEX})(?:[ ](?:mc|m3))?,?[ ](?P<on>al|alla data del|in data|rilevat[oa] il|lett[oa] il|il giorno|il|del)[ ]{DAY}",
    re.I,
)
# "da 12/03/2022 (1410) a 20/09/2024 (1602)"
_DAY_THEN = re.compile(rf"{DAY}[ ]\((?P<code>\d{{3,6}})\)", re.I)
# "ieri 0811, oggi 0809", "sera 2.331, mattina 2.334"
_THEN_NOW = re.compile(
    rf"\b(?:ieri|oggi|prima|ora|adesso|sera|mattina|stasera|stamattina)(?:[ ](?:era|è|fa))?[ ](?P<code>{_INDEX}){_NOT_AFTER}",
    re.I,
)
# Two indexes and what lies between: "da 2204 a 2217 in una notte", "ieri 811, oggi 809", "640 ieri 655 oggi".
_THREE = r"(?:\d{3,5}|\d{1,2}\.\d{3})"
_FROM_TO = re.compile(rf"\bda[ ](?P<code>{_THREE})[ ]a[ ](?P<second>{_THREE}){_NOT_AFTER}", re.I)
_TWO_DAYS = re.compile(
    rf"\bieri[ ](?P<code>{_THREE}),?[ ](?:e[ ])?oggi[ ](?P<second>{_THREE}){_NOT_AFTER}"
    rf"|(?<![\d.,/])(?P<before>{_THREE})[ ]ieri,?[ ](?:e[ ])?(?P<after>{_THREE})[ ]oggi\b",
    re.I,
)
# The day beside it in brackets: "da 300 (10.1.2021) a 912 (3.10.2026)", "avete letto (14/2/2024, 877)".
_BRACKETED = re.compile(
    rf"(?<![\d.,/\-])(?P<code>{_THREE})[ ]\((?:{DAY})\)|\((?:{DAY}),[ ](?P<inside>{_THREE})\)", re.I
)
# A line of a table: the day, then what was read.
_ROW = re.compile(
    rf"^[ >]{{0,4}}{DAY}[ ]?[|;][ ]?(?P<cells>[\d.,]{{2,9}}(?:[ ]?[|;][ ]?[\d.,]{{2,9}}){{0,4}})[ |;]*$", re.I | re.M
)
_CELL = re.compile(_INDEX)
_UNIT_ONLY = re.compile(r"^\s*[ ]?(?:mc|m3|m³|metri\s+cubi)\b", re.I)
# A volume consumed is no index.
_VOLUME_CUE = re.compile(
    r"(?:consum\w+|fatturat\w*|addebitat\w*|media|differenza|prelev\w+|volume|prelievo)\W+(?:\w+\W+){0,4}$", re.I
)
_DATE_NEAR = re.compile(rf"(?<![\d/.\-])(?P<code>{DAY})", re.I)
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
        low = re.sub(rf"^(?:{_SPELT_WORD})\b", lambda word: str(_SPELT.index(word[0]) + 1), low)
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
    r"(?:\b(?:n|nr|num|int|interno|scala|sc|piano|civico|ore|alle|dalle|art|tel|anni|via|foglio|particella|ross[oiae]|appartamento|del|dal|nel|cap|lotto|tariffa|legge|modello|mod)\.?|\+|€|euro|°)\s*$|\d:$",
    re.I,
)
_MONTH_BEFORE = re.compile(rf"(?:{_MONTH_WORD}|anno)\s*$", re.I)
_CORE_CUE = re.compile(
    r"lettur|lett\.|cifre[ ](?:ner|ferm|fiss|bloccat)|lett[oai]\b(?=.*\d{3})|legg|segn|quadrante|indic|numer|totalizz|contatore",
    re.I,
)
_METER_TALK = re.compile(r"lettur|contator|misurator|quadrante|segna|numeri\b|\bindic|registrat", re.I)
_OTHER_TALK = re.compile(
    r"prot|pratic|fattur|bollett|reclam|euro|€|\bn\.|\bart|legge|decret|consum|deliber|sentenz|pagat|versat", re.I
)
_ANY_NUMBER = re.compile(r"numer[oi]\b(?!\s+(?:ner|del[ ]cont|dell'acq))", re.I)
_READ_NEAR = re.compile(r"lettur|contatore|misurator|quadrante|segna|\bmc\b|m3|metri cubi|verbale", re.I)
# Day and month without a year are easily a flat or a share ("scala 2/9"): a little word must make them a day.
_BARE_DAY = re.compile(r"\d{1,2}[/.\-]\d{1,2}")
_DAY_WORD = re.compile(r"(?:\b(?:il|del|al|dal|in data|data|giorno|oggi|ieri|letto|lettura)|[(,:|\-]|^|\n)\s*$", re.I)
_DATE_CUE = re.compile(
    r"(?:lettur\w*|rilevat\w*|lett[oaie]\b|pres[oaie]\b|copiat\w|annotat\w|scattat\w|in data|\bdata|\bgiorno|segnava|riportava|fotografat\w|rilevazion\w*|tutt[ei]\s+(?:del|il)|\b(?:era|oggi|stamattina|ieri))[^.;\n]{0,30}$",
    re.I,
)
# The day of a reading that is not told.
_READING_OF = re.compile(r"\blettur[ae]\s+(?:del|al|in data|di)\s*(?:giorno\s*)?$", re.I)
# The head of a quoted mail has a date that is no reading's.
_MAIL_HEAD = re.compile(r"(?:inviato|sent|date)\s*:\s*(?:\w+[ ,]+)?$", re.I)
_MAIL_HEAD_AFTER = re.compile(r"[^\n]{0,60}\bha[ ]scritto", re.I)


def find_readings(text: str, *, least_digits: int | None) -> Iterator[Candidate]:
    """Yield indexes that a cue word announces, and the dates that stand beside them.

    least_digits  how long a bare number must be to count, where the message is known to be about readings; or None
    """
    spans: list[tuple[int, int]] = []
    for found in _SAID.finditer(text):
        start, end = found.span("code")
        if _YEAR.fullmatch(found["code"]) and re.search(r"(?:del|nel|dal|anno)\s*$", found["between"], re.I):
            continue
        if _VOLUME_CUE.search(text[max(0, found.start() - 40) : found.start()]) and _UNIT_ONLY.match(
            text[end : end + 20]
        ):
            continue
        near = text[max(0, start - 120) : end + 30]
        if len(found["code"]) <= 2 and re.search(r"\b(?:del|il)\s*$", found["between"], re.I):
            continue
        last = text[max(0, found.start() - 7) : found.start()].lower() == "ultimo "
        if _ANY_NUMBER.match(found[0]) and not last and not _READ_NEAR.search(near):
            continue
        if not _CORE_CUE.match(found[0]) and (
            not _READ_NEAR.search(near) or (len(found["code"]) < 2 and found["code"] != "0")
        ):
            continue
        _add(spans, (start, end))
        yield Candidate("LETTURA", start, end, 66, index(found["code"]))
        second = _SECOND.match(text, end)
        if second and not _YEAR.fullmatch(second["code"]) and len(index(second["code"])) >= 2:
            _add(spans, second.span("code"))
            yield Candidate("LETTURA", *second.span("code"), 65, index(second["code"]))
    for span in (*_told_otherwise(text), *_in_pairs(text)):
        if _add(spans, span):
            yield Candidate("LETTURA", *span, 58, index(text[slice(*span)]))
    if least_digits is not None:
        for span in _bare_numbers(text, least_digits):
            if _add(spans, span):
                yield Candidate("LETTURA", *span, BARE_RANK, index(text[slice(*span)]))
    yield from _days_beside(text, spans)


def _add(spans: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Keep a span in the order of the text, unless one that is there overlaps it."""
    place = bisect_left(spans, span)
    if any(span[0] < end and start < span[1] for start, end in spans[max(0, place - 1) : place + 1]):
        return False
    spans.insert(place, span)
    return True


def _told_otherwise(text: str) -> Iterator[tuple[int, int]]:
    """Yield indexes that their day or the words around them give away; at least three digits, and no year."""
    for pattern in (_SAID_FROM_AFAR, _READ_ON, _DAY_THEN, _THEN_NOW):
        for found in pattern.finditer(text):
            start, end = found.span("code")
            sure = pattern in (_SAID_FROM_AFAR, _DAY_THEN) or found.groupdict().get("on", "").lower() in (
                "al",
                "il giorno",
            )
            near = text[max(0, start - 90) : end + 60]
            if len(index(found["code"])) + (found["code"][0] == "0") < 3 or (
                pattern is not _READ_ON and _YEAR.fullmatch(found["code"])
            ):
                continue
            if _YEAR.fullmatch(found["code"]) and _MONTH_BEFORE.search(text[max(0, start - 14) : start]):
                continue
            if (sure or _METER_TALK.search(near)) and not _OTHER_TALK.search(text[max(0, start - 30) : start]):
                yield start, end
                second = _SECOND.match(text, end)
                if second and len(index(second["code"])) >= 3:
                    yield second.span("code")


def _in_pairs(text: str) -> Iterator[tuple[int, int]]:
    """Yield indexes that come by two, a little apart, or with their day in brackets."""
    for found in _FROM_TO.finditer(text):
        earlier, later = int(index(found["code"])), int(index(found["second"]))
        years = _YEAR.fullmatch(found["code"]) and _YEAR.fullmatch(found["second"])
        if earlier < later <= earlier * 1.25 and not years:
            yield from (found.span("code"), found.span("second"))
    rows = list(_ROW.finditer(text)) if _METER_TALK.search(text) else []
    for row in rows if len(rows) > 1 else []:
        yield from (cell.span() for cell in _CELL.finditer(text, *row.span("cells")))
    for pattern in (_TWO_DAYS, _BRACKETED):
        for found in pattern.finditer(text):
            yield from (found.span(name) for name, value in found.groupdict().items() if value)


def _bare_numbers(text: str, least_digits: int) -> Iterator[tuple[int, int]]:
    whole = text.strip()
    for found in _LOOSE.finditer(text):
        start, end = found.span("code")
        lone = found["code"] == whole
        before = text[max(0, start - 14) : start]
        year = _YEAR.fullmatch(found["code"]) and (_MONTH_BEFORE.search(before) or least_digits > 2)
        volume = least_digits > 2 and _UNIT_ONLY.match(text[end : end + 20])
        if (
            (len(found["code"]) >= least_digits or lone)
            and not year
            and not volume
            and not (len(found["code"]) <= 2 and re.search(r"\bil\s*$", before, re.I))
            and not _NO_INDEX_BEFORE.search(before)
        ):
            yield start, end


# Days of bills, births, repairs.
_OTHER_DAY = re.compile(r"fattur|bollett|scad|pagat|nat[oa]\b|riparat|avanzat|accort", re.I)


def _days_beside(text: str, spans: list[tuple[int, int]]) -> Iterator[Candidate]:
    for found in _DATE_NEAR.finditer(text):
        start, end = found.span("code")
        value = day(found["code"])
        if _MAIL_HEAD.search(text[max(0, start - 22) : start]) or _MAIL_HEAD_AFTER.match(text, end):
            continue
        if value and _READING_OF.search(text[max(0, start - 30) : start]):
            yield Candidate("DATA_LETTURA", start, end, 67, value)
            continue
        if not value or (_BARE_DAY.fullmatch(found["code"]) and not _DAY_WORD.search(text[max(0, start - 12) : start])):
            continue
        cued = _DATE_CUE.search(text[max(0, start - 45) : start])
        if spans and (cued or any(_belong(text, (start, end), span) for span in _neighbours(start, spans))):
            yield Candidate("DATA_LETTURA", start, end, 67, value)


def _neighbours(start: int, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the indexes right before and after a place."""
    place = bisect_left(spans, (start, start))
    return spans[max(0, place - 1) : place + 1]


def _belong(text: str, day_at: tuple[int, int], index_at: tuple[int, int]) -> bool:
    """Return whether a day stands close enough to an index to be the day it was read on."""
    start, end = day_at
    begin, stop = (end, index_at[0]) if end <= index_at[0] else (index_at[1], start)
    between = text[begin:stop] if stop - begin <= 60 else "\n\n"
    if "\n\n" in between or re.search(r"[.;!?]\s", between):
        return False
    return not _OTHER_DAY.search(between + text[max(0, start - 22) : start])
