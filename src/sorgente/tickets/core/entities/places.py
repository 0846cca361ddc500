# ruff: noqa: E501  (a pattern or word list is read as one line)
"""Street addresses, as written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sorgente.tickets.core.entities.candidate import Candidate

_KIND = (
    r"(?:via(?:le)?|v\.le|v\.(?=[ ]?[A-Z])|piazz(?:a|ale|etta)|p\.?zza|p\.za|p\.tta|p\.?le|corso|c\.so|largo|l\.go|vicolo|vico|vic\.|strada(?:\s+(?:provinciale|statale|vicinale|comunale|privata))?"
    r"|str\.|contrada|c\.da|c/da|localit[àa]'?|loc\.|frazione|fraz\.|borgo|salita|calle|lungo(?:mare|lago|fiume|tevere|arno|po)|trav(?:ersa|\.)|rione|galleria"
    r"|circonvallazione|rampa|scalinata|passaggio|stradello|campo|fondamenta|piaggia|borgata|podere|cascina|viottolo|voc(?:abolo|\.)|rue|mas(?:o|seria))"
)
_SMALL = r"(?:(?:di|del|della|delle|dei|degli|dello|da|dal|san|santa|sant'|e|a|al|alla|alle|d'|dell'|la|le|il|lo|ai|in|sul|per|fra|tra|des?|du|don|s\.|ss\.|f\.lli|mons\.|gen\.|dott\.)[ ]*)"
# Only an abbreviation goes on after its stop; after a whole word the stop ends the sentence.
_CAPITAL = r"(?:[A-ZÀ-Ý][\w'’À-ÿ]{0,2}\.|[A-ZÀ-Ý][\w'’À-ÿ]*|[IVX]+|(?:1[°º]|primo)[ ](?:[Mm]aggio)|\d{1,2}[ ](?:[Gg]ennaio|[Ff]ebbraio|[Mm]arzo|[Aa]prile|[Mm]aggio|[Gg]iugno|[Ll]uglio|[Aa]gosto|[Ss]ettembre|[Oo]ttobre|[Nn]ovembre|[Dd]icembre))"
_HOUSE = r"(?:,?[ ]*(?:n\.?[ ]?°?|nr\.?|civ(?:ico|\.)?|num(?:ero|\.)?|n°|al[ ](?:civico|numero|n\.))?[ ]*\d{1,4}(?:[ ]?/[ ]?(?:\d{1,3}|[A-Za-z]{1,3})|(?:-\d{1,3}){1,2})?(?:[ ]?(?:bis|ter)\b|(?-i:[ ]?[A-Z]|[a-z])\b)?(?![\d.,:]\d|[ ]?(?:€|euro|mc|m3|%)))"
_HOUSE_SAID = r"(?:[ ](?:n\.|nr\.|civ\.|n°)[ ]?\d{1,4}\b)"
_INNER = r"(?:,?[ ]*(?i:int(?:erno|\.)?|scala|sc\.|piano|pal(?:azzina|\.)|lotto)[ ]*(?:(?i:unica|terra)|[A-Z0-9]{1,4}(?:[ ]e[ ][A-Z])?)\b)"
# No number at all, or a mark on the road.
_NUMBERLESS = r"(?:,?[ ](?:s\.?n\.?c\.?|s\.n\.)(?!\w)|,?[ ]lotto[ ]\d{1,3}\b|,?[ ]km\.?[ ]?\d{1,3}(?:[.,]\d{1,3})?\b|,?[ ]altezza[ ](?:civico[ ]|n\.?[ ]?)?\d{1,4}\b)"
_NO_TOWN = r"(?!Cap\b|P\.|C\.?F\b|P\.?I\b|PI?VA\b|IBAN|POD\b|SDI\b|Partita|Tel|Cell|Fax|Codice|Cod\b|Matr|Utenza|Utente|Contratto|Cliente|Fattura|Grazie|Scala|Interno|Resp|Rif|Prot|Pec\b|Mail|Dal|(?:Il|La|Per|Non|Ho)[ ](?![A-Z]))"
_TOWN_NAME = r"[A-ZÀ-Ý][\w'’À-ÿ]+(?:[ ](?:(?:di|del|della|sul|in|al)[ ])?[A-ZÀ-Ý][\w'’À-ÿ]+){0,3}(?:[ ]?\([A-Z]{2}\))?"
_HAMLET = rf"(?:,?[ ](?i:fraz(?:ione|\.)|loc(?:alità|\.))[ ](?:(?i:{_SMALL})*{_CAPITAL})(?:[ ]{_CAPITAL}){{0,2}})"
_TOWN = rf"(?:[ ]?(?:,|-|–|\ba\b|\bin\b)?[ ]*(?:\d{{5}}[ ]+){_TOWN_NAME}|(?:[ ]?(?:,|-|–)[ ]*|[ ]a[ ]|[ ](?=[A-ZÀ-Ý][\w'’À-ÿ]+[ ]?\([A-Z]{{2}}\))){_NO_TOWN}{_TOWN_NAME})"
_PROPER = re.compile(
    rf"(?<![\w.])(?i:{_KIND})[ ]+(?!(?i:via|viale|piazza|corso|largo|vicolo)\b)(?:(?i:{_SMALL})*{_CAPITAL})(?:[ ](?:(?i:{_SMALL})*{_CAPITAL})){{0,4}}(?:(?:{_NUMBERLESS}|{_HOUSE}{_NUMBERLESS}?)(?:{_HOUSE_SAID}?)(?:{_INNER})*{_HAMLET}?(?:{_TOWN})?|{_HAMLET}(?:{_TOWN})?)?"
)
_ZONE = re.compile(
    rf"(?<![\w.])(?i:zona[ ](?:industriale|artigianale|pip)|z\.[ ]?[ia]\.),?[ ](?i:lotto|capannone|n\.)[ ]?\d{{1,3}}\b(?:{_TOWN})?"
)
# Written in haste, without capitals: only a house number proves that it is a place.
_HASTY = re.compile(
    rf"(?<![\w.])(?:{_KIND})[ ]+(?:(?:[\w'’À-ÿ]+|\w{{1,3}}\.)[ ]){{0,3}}[\w'’À-ÿ]+{_HOUSE}(?:{_INNER})*", re.I
)
# A town or a building has these words in its name; without a house number they are no street.
_TOWNLIKE = re.compile(r"(?:borgo|galleria|campo|salita|passaggio|rampa|calle|rue)\b[^\d]*$", re.I)
# "il vicolo dalle 6", "un passaggio nel 2026", "rischio medio 8 ore": the number is none of a house.
_NO_HOUSE = re.compile(r"\b(?:dalle|alle|del|nel|dal|ore|medio|circa|per|tra|fra)[ ]+\d{1,4}$", re.I)
_NO_PLACE = re.compile(
    r"^(?:via|corso|piano|largo|campo|str\.|passaggio|strada)[ ]+(?:il\b|la\b|alle\b|(?:e-?)?mail|pec|web|telefon\w*|sms|fax|posta|bonifico|internet|ordinaria|giudiziaria|legale|telematica|app|libera|di[ ]|sdi\b|alla\b|davanti|che\b|principale|e\b|è\b|dopo|dove|da\b|al\b|si\b|sempre|per\b|a[ ]|non\b|del\s+tutto|preliminare|breve|amichevole|stragiudiziale|d'urgenza)\b",
    re.I,
)


def find_places(text: str) -> Iterator[Candidate]:
    """Yield streets with number and town where they are adjacent."""
    for pattern, rank in ((_PROPER, 75), (_ZONE, 76), (_HASTY, 55)):
        for found in pattern.finditer(text):
            place = found[0].rstrip(" ,.-")
            if place.lower().endswith((" s.n", " s.n.c", ",s.n", ",s.n.c")):
                place += "."
            if not (_NO_PLACE.match(place) or _TOWNLIKE.match(place) or _NO_HOUSE.search(place)):
                yield Candidate("INDIRIZZO", found.start(), found.start() + len(place), rank, " ".join(place.split()))
