# ruff: noqa: E501  (a pattern or word list is read as one line)
"""What has the shape of a code, as people copy it from paper: in groups, with letters before, between or behind.

The shape alone fixes where a code begins and ends; what it is the code of, the words around it say (explained.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# One run of letters, digits and joints with a digit soon; possessive, so that a long run is read once.
_RUN = re.compile(
    r"(?<![A-Za-z0-9À-ÿ@_#])(?<![A-Za-z0-9][./\-_])(?<!\d,)(?=#?[A-Za-z./\-_#]{0,14}\d)#?[A-Za-z0-9]++(?:[./\-_#][A-Za-z0-9]++)*+(?![A-Za-zÀ-ÿ@])"
)
# "n.4455", "prot.118/26", "utenza-3301", "4407.Grazie": a word is glued to the number.
_GLUED_BEFORE = re.compile(
    r"(?:(?i:n|nr|num|nro|ft|fatt|boll|prot|rif|ric|matr|mat|cont|contr|cod|cl|ut|doc|prev|tel|cell|fax|int|sc|civ)\.|[A-Za-z]?[a-z]{4,}[./\-])+(?=.)"
)
_GLUED_BEHIND = re.compile(r"[./\-_][A-Za-z]{4,}$")
_LETTERS_BEFORE = re.compile(
    r"(?<![\w.'’/\-])(?P<letters>[A-Z]{1,5}|[A-Z][a-z]\.[A-Z][a-z]{1,3}|OdL|cl|c|u|utz|lm|cc)[ ]$"
)
# Capitals that are words, not the letters of a code: number words, units, names of other codes.
_WORDS = frozenset(
    "N E I O NR NUM ED IL LO LA LE AL DI DA DEL DAL CON PER SU TRA NON SONO FINO DOPO TEL CELL FAX CAP CF PI PIVA IVA COD"
    " CODICE POD IBAN IUV CRO TRN ODL RG LG EUR EURO ISEE INPS MC ART DPR SC KM PIN OTP SDI CIG CUP DN UNI ISO EN"
    " ORE PEC SMS URP TAR CIV RIF PROT MATR FATT ID IN DOC PREV SPA SRL VIA LETTO ARPA ASL AUSL CTU RSA"
    " ARERA OK UE CE DOTT AVV SIG ING GEOM".split()
)
_SHORT_WORDS = ("E", "I", "O", "AL", "IN", "LO", "LE", "SI", "SU")
_GROUP = re.compile(r"\d{1,6}(?:[/\-][A-Za-z0-9]{1,6})*|[A-Z]{1,3}[\-/]\d{2,6}")
_LETTERS_BETWEEN = re.compile(r"[ ](?:(?P<letters>[A-Z]{1,3})|[b-df-hj-np-z])[ ]")
# The letters of a province or a series close many codes ("5 2249 AN", "0118-6 R"); before a small word a lone E is "and".
_LETTER_BEHIND = re.compile(
    r"[ ](?P<letters>[A-Z]{1,2})(?=$|[.,;:)\n!?])|[ ](?P<more>[A-Z]{2}|[A-DF-HJ-NP-Z])(?=[ ][a-zà-ù])"
)
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DATE = re.compile(
    rf"(?:0?[1-9]|[12]\d|3[01])[./\-]{_MONTH}(?:[./\-](?:(?:19|20)\d{{2}}|\d{{2}}))?(?:[\-/]\d{{1,2}}[./\-]\d.*)?|(?:19|20)\d{{2}}-\d{{2}}-\d{{2}}|(?:19|20)\d{{2}}(?:[/\-](?:19|20)?\d{{2}})?|{_MONTH}[./\-](?:19|20)\d{{2}}"
)
# One dot before three digits is a quantity; several may as well be a code in groups.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
# Days and quantities by their look, which a word right before them may still call a code ("cliente 20.07.71").
_UNLIKELY = re.compile(r"[1-9]\d{0,2}\.\d{3}|\d{1,2}([.\-])\d{1,2}(?:\1\d{2})?")
_MILLIONS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}")
# A number with a unit, a decimal comma, an hour: a quantity.
_QUANTITY_BEHIND = re.compile(
    r",\d|:\d|[ ]?(?:€|euro?\b|eur\b|mc\b|m3\b|m³|%|°|kw|bar\b|litri\b|metri\b|persone\b|component|bagni\b|rate\b|mesi\b|anni\b|giorni\b|gg\b|volte\b|ore\b)",
    re.I,
)
_LONGEST = 20
_LONGEST_NOTICE = 23  # a payment notice has eighteen digits, often in six groups


@dataclass(frozen=True)
class Shape:
    """The span of what may be a code, and what it is made of."""

    start: int
    end: int
    text: str

    @property
    def letters(self) -> str:
        """Return the letters it begins with, in capitals."""
        found = re.match(r"[A-Za-z]*", self.text)
        return found[0].upper() if found else ""

    @property
    def digits(self) -> int:
        return sum(character.isdigit() for character in self.text)

    @property
    def grouped(self) -> bool:
        return " " in self.text

    @property
    def doubtful(self) -> bool:
        """Return whether it may as well be a large number."""
        return bool(_MILLIONS.fullmatch(self.text))

    @property
    def unlikely(self) -> bool:
        """Return whether it looks like a day or a quantity."""
        return _no_code(self.text)

    @property
    def plain(self) -> bool:
        """Return whether it is nothing but digits."""
        return self.text.isdigit()


def find_shapes(text: str) -> Iterator[Shape]:
    """Yield what may be a code, from left to right, never overlapping; dates and quantities left out."""
    runs = [_without_glue(run) for run in _RUN.finditer(text)]
    place = 0
    while place < len(runs):
        first, end = runs[place]
        place += 1
        start = _with_letters(text, first)
        if not _is_number(text, first, end):
            while place < len(runs) and _goes_on(text, start, end, *runs[place]):
                end = runs[place][1]
                place += 1
        behind = _LETTER_BEHIND.match(text, end)
        if behind and _closes(behind, text[start:end]):
            end = behind.end()
        code = text[start:end]
        # "302000118827441 EUR 53,08": so long a number is no sum, whatever follows
        quantity = not re.search(r"[A-Za-z/\-]", code) and len(code) <= 8 and _QUANTITY_BEHIND.match(text, end)
        if not quantity and (not _no_code(code) or _UNLIKELY.fullmatch(code)):
            yield Shape(start, end, code)


def _closes(behind: re.Match[str], code: str) -> bool:
    """Return whether capitals behind a number are its own; a plain number without groups seldom has any."""
    if " " in code and len(behind[0]) == 2 and not behind["more"]:
        return True
    letters = behind["letters"] or behind["more"]
    return letters not in _WORDS and len(code) >= 4 and bool(re.search(r"[\d\-/. ]{4}$", code))


def _without_glue(run: re.Match[str]) -> tuple[int, int]:
    before, behind = _GLUED_BEFORE.match(run[0]), _GLUED_BEHIND.search(run[0])
    return run.start() + (before.end() if before else 0), run.start() + (behind.start() if behind else len(run[0]))


def _with_letters(text: str, start: int) -> int:
    before = _LETTERS_BEFORE.search(text, max(0, start - 8), start)
    if before is None or not (text[start].isdigit() or before["letters"] == "OdL"):
        return start
    if before["letters"] not in _WORDS:
        return before.start()
    # "E 2288" and "AL 44/26" within a sentence in small letters are no "and" and no "at".
    small = text[max(0, before.start() - 2) : before.start()].strip().islower()
    return before.start() if small and before["letters"] in _SHORT_WORDS else start


def _is_number(text: str, start: int, end: int) -> bool:
    return _no_code(text[start:end]) and not text[start:end].isdigit()


def _goes_on(text: str, start: int, end: int, next_start: int, next_end: int) -> bool:
    """Return whether the next run is one more group of the same code."""
    between = text[end:next_start]
    joint = _LETTERS_BETWEEN.fullmatch(between)
    if between != " " and (joint is None or (len(between) > 4 and joint["letters"] in _WORDS)):
        return False
    code = text[start:next_end]
    longest = _LONGEST_NOTICE if code.replace(" ", "").isdigit() else _LONGEST
    if len(code) > longest or not _GROUP.fullmatch(text[next_start:next_end]):
        return False
    if text[next_start].isalpha() and not text[start:end].isdigit():
        return False
    last = re.split(r"[ ]", text[start:end])[-1]
    if sum(c.isdigit() for c in last) > 6 or (_no_code(text[next_start:next_end]) and "/" in text[next_start:next_end]):
        return False
    return not _QUANTITY_BEHIND.match(text, next_end)


def _no_code(code: str) -> bool:
    return bool(_DATE.fullmatch(code) or _THOUSANDS.fullmatch(code)) or not any(c.isdigit() for c in code)
