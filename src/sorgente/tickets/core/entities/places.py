# ruff: noqa: E501  (a pattern or word list is read as one line)
"""Street addresses, as written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sorgente.tickets.core.entities.candidate import Candidate

_KIND = (
    r"(?:via(?:le)?|v\.le|v\.(?=[ ]?[A-Z])|piazz(?:a|ale|etta)|p\.?zza|p\.za|p\.?le|corso|c\.so|largo|l\.go|vicolo|vico|vic\.|strada(?:\s+(?:provinciale|statale|vicinale|comunale|privata))?"
    r"|str\.|contrada|c\.da|c/da|localit[àa]'?|loc\.|frazione|fraz\.|borgo|salita|calle|lungo(?:mare|lago|fiume|tevere|arno|po)|traversa|rione|galleria"
    r"|circonvallazione|rampa|scalinata|passaggio|stradello|campo|fondamenta|piaggia|borgata|zona\s+industriale|z\.i\.)"
)
_SMALL = r"(?:(?:di|del|della|delle|dei|degli|dello|da|dal|san|santa|sant'|e|a|al|alla|alle|d'|dell'|la|le|il|lo|ai|in|sul|per|fra|tra|de|don|s\.|ss\.|f\.lli|mons\.|gen\.|dott\.)[ ]*)"
# Only an abbreviation goes on after its stop; after a whole word the stop ends the sentence.
_CAPITAL = r"(?:[A-ZÀ-Ý][\w'’À-ÿ]{0,2}\.|[A-ZÀ-Ý][\w'’À-ÿ]*|[IVX]+|(?:1[°º]|primo)[ ](?:[Mm]aggio)|\d{1,2}[ ](?:[Gg]ennaio|[Ff]ebbraio|[Mm]arzo|[Aa]prile|[Mm]aggio|[Gg]iugno|[Ll]uglio|[Aa]gosto|[Ss]ettembre|[Oo]ttobre|[Nn]ovembre|[Dd]icembre))"
_HOUSE = r"(?:,?[ ]*(?:n\.?[ ]?°?|nr\.?|civ(?:ico|\.)?|num(?:ero|\.)?|n°|al[ ](?:civico|numero|n\.))?[ ]*\d{1,4}(?:[ ]?/[ ]?(?:\d{1,3}|[A-Za-z]{1,3})|-\d{1,3})?(?:[ ]?(?:bis|ter)\b|(?-i:[ ]?[A-Z]|[a-z])\b)?(?![\d.,:]\d|[ ]?(?:€|euro|mc|m3|%)))"
_INNER = r"(?:,?[ ]*(?:int(?:erno|\.)|scala|sc\.|piano|palazzina|lotto)[ ]*[A-Z0-9]{1,4}\b)"
_TOWN = r"(?:[ ]?(?:,|-|–|\ba\b|\bin\b)?[ ]*(?:\d{5}[ ]+)[A-ZÀ-Ý][\w'’À-ÿ]+(?:[ ](?:(?:di|del|della|sul|in|al)[ ])?[A-ZÀ-Ý][\w'’À-ÿ]+){0,3}(?:[ ]?\([A-Z]{2}\))?|(?:[ ]?(?:,|-|–)[ ]*|[ ]a[ ]|[ ](?=[A-ZÀ-Ý][\w'’À-ÿ]+[ ]?\([A-Z]{2}\)))(?!Cap\b|P\.|Partita|Tel|Cell|Fax|Codice|Cod\b|Matr|Utenza|Contratto|Cliente|Fattura|Grazie)[A-ZÀ-Ý][\w'’À-ÿ]+(?:[ ](?:(?:di|del|della|sul|in|al)[ ])?[A-ZÀ-Ý][\w'’À-ÿ]+){0,3}(?:[ ]?\([A-Z]{2}\))?)"
_PROPER = re.compile(
    rf"(?<![\w.])(?i:{_KIND})[ ]+(?!(?i:via|viale|piazza|corso|largo|vicolo)\b)(?:(?i:{_SMALL})*{_CAPITAL})(?:[ ](?:(?i:{_SMALL})*{_CAPITAL})){{0,4}}(?:[ ]snc\b|,?[ ]km\.?[ ]?\d{{1,3}}(?:[.,]\d{{1,3}})?\b|{_HOUSE}(?:{_INNER})*(?:{_TOWN})?)?"
)
# Written in haste, without capitals: only a house number proves that it is a place.
_HASTY = re.compile(
    rf"(?<![\w.])(?:{_KIND})[ ]+(?:(?:[\w'’À-ÿ]+|\w{{1,3}}\.)[ ]){{0,3}}[\w'’À-ÿ]+{_HOUSE}(?:{_INNER})*", re.I
)
_NO_PLACE = re.compile(
    r"^(?:via|corso|piano|largo|campo|str\.|passaggio|strada)[ ]+(?:il\b|la\b|alle\b|(?:e-?)?mail|pec|web|telefon\w*|sms|fax|posta|bonifico|internet|ordinaria|giudiziaria|legale|telematica|app|libera|di[ ]|sdi\b|alla\b|davanti|che\b|principale|e\b|è\b|dopo|dove|da\b|al\b|si\b|sempre|non\b|del\s+tutto|preliminare|breve|amichevole|stragiudiziale|d'urgenza)\b",
    re.I,
)


def find_places(text: str) -> Iterator[Candidate]:
    """Yield streets with number and town where they are adjacent."""
    for pattern, rank in ((_PROPER, 75), (_HASTY, 55)):
        for found in pattern.finditer(text):
            place = found[0].rstrip(" ,.-")
            if not _NO_PLACE.match(place):
                yield Candidate("INDIRIZZO", found.start(), found.start() + len(place), rank, " ".join(place.split()))
