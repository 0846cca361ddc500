"""Numbers of a message that may be something, and what around each of them tells what it is."""

from __future__ import annotations

import re
import string
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sorgente.tickets.core.entities.candidate import Candidate
from sorgente.tickets.core.entities.explained import BILL, CASE, CLIENT, CUE, METER, SUPPLY
from sorgente.tickets.core.entities.readings import DAY
from sorgente.tickets.core.entities.shapes import find_shapes

# Kinds that their own form proves, or that are no numbers: the patterns decide them alone.
PROVED = frozenset({"IBAN", "CODICE_FISCALE", "PARTITA_IVA", "POD", "PDR", "INDIRIZZO"})
NOTHING = "NOTHING"
# What a span can be, by its form; what the patterns say of it comes on top.
_CODES = frozenset((CLIENT, SUPPLY, METER, BILL, CASE, "TELEFONO"))
_VALUES, _INDEXES, _READ_ON = frozenset(("LETTURA", "IMPORTO")), frozenset(("LETTURA",)), frozenset(("DATA_LETTURA",))

_NUMBER = re.compile(r"(?<![\w.,/])(?<!\w-)(?:\d{1,3}(?:\.\d{3})+|\d{1,7})(?:,\d{1,3})?(?![\w]|[.,/]\d|-\d)")
_DICTATED = re.compile(r"(?<![\w.,/\-])\d(?:[ ]\d){2,5}(?![\w]|[ ]?[.,/\-]?\d)")
_DAYS = re.compile(rf"(?<![\d/.\-])(?:{DAY})", re.I)
_WORD = re.compile(r"[^\W\d_]+\.?|\d+|[#:(),;.!?→|€\n]")
_YEAR = re.compile(r"(?:^|[/\-.])(?:20)?2[3-6](?:[/\-.]|$)")
# What a message speaks of.
_TALK = {
    kind: re.compile(words, re.I)
    for kind, words in {
        "meter": r"contator|misurator|lettur|segna\b|quadrante|cifr|\bmc\b|metri cubi",
        "money": r"euro|€|pag|bollett|fattur|importo|rimbors|rat[ae]\b|cost",
        "case": r"pratic|richiest|preventiv|ticket|segnalazion|appuntament|tecnic",
        "supply": r"utenz|contratt|fornitur|voltur|subentr|disdett",
        "site": r"sito|portale|\bapp\b|password|registr|acced",
    }.items()
}
_BEFORE, _AFTER = 90, 50  # characters that count
_CLOSE = 6  # rivals looked at to either side
_LONGEST = 40
_REPEATED = re.compile(r"(.)\1+")
_CAPITALS = re.compile(r"[A-Z]+")
# Many utilities begin a customer's code with the province.
_PROVINCES = frozenset(
    "AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN FC FE FG FI FM FR"
    " GE GO GR IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA PC PD PE PG PI PN PO PR PT PU PV PZ"
    " RA RC RE RG RI RM RN RO SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV UD VA VB VC VE VI VR VS VT VV".split()
)
_LETTERS = string.ascii_letters


@dataclass(frozen=True)
class Span:
    """A place in a text that may be an entity, of which kinds, and what the patterns say of it."""

    start: int
    end: int
    kinds: frozenset[str]
    opinions: tuple[Candidate, ...]


def find_spans(text: str, candidates: Sequence[Candidate], kept: Sequence[Candidate]) -> list[Span]:
    """Return every number that may be an entity, in the order of the text; those that touch a proved one left out.

    candidates  what the patterns found in the text, rivals included
    kept        those that were left when rivals were weighed
    """
    opinions: dict[tuple[int, int], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.type not in PROVED:
            opinions[candidate.start, candidate.end].append(candidate)
    kinds: dict[tuple[int, int], set[str]] = defaultdict(set)
    for place, some in opinions.items():
        kinds[place].update(one.type for one in some)
    for shape in find_shapes(text):
        kinds[shape.start, shape.end] |= _CODES
    for pattern, possible in ((_NUMBER, _VALUES), (_DICTATED, _INDEXES), (_DAYS, _READ_ON)):
        for found in pattern.finditer(text):
            kinds[found.span()] |= possible
    proved = sorted((one.start, one.end) for one in kept if one.type in PROVED)
    return [
        Span(start, end, frozenset(kinds[start, end]), tuple(opinions.get((start, end), ())))
        for start, end in sorted(kinds)
        if not _touches(proved, start, end)
    ]


def _touches(proved: list[tuple[int, int]], start: int, end: int) -> bool:
    place = bisect_left(proved, (end, 0))
    return place > 0 and start < proved[place - 1][1]


class Surroundings:
    """The words and cues of one text, looked up for each of its spans.

    whole  subject and body: what the message speaks of
    """

    def __init__(
        self, text: str, candidates: Sequence[Candidate], kept: Sequence[Candidate], *, whole: str, expected: bool
    ) -> None:
        self.text = text
        self._first, self._last = len(text) - len(text.lstrip()), len(text.rstrip(" .\n)!"))
        self._words = [(m.start(), m.end(), _plain(m[0])) for m in _WORD.finditer(text)]
        self._starts = [start for start, _, _ in self._words]
        self._ends = [end for _, end, _ in self._words]
        self._cues = [(m.start(), m.end(), str(m.lastgroup)) for m in CUE.finditer(text)]
        self._cue_starts = [start for start, _, _ in self._cues]
        self._cue_ends = [end for _, end, _ in self._cues]
        self._common = {f"all {m.lastgroup}" for m in CUE.finditer(whole)}
        self._common |= {f"talk {kind}" for kind, words in _TALK.items() if words.search(whole)}
        self._common.add(f"readings expected {expected}")
        self._kept = frozenset(kept)
        self._rivals = sorted({(one.start, one.end, one.type) for one in candidates})

    def signs(self, span: Span) -> tuple[frozenset[str], frozenset[str]]:
        """Return the names of what is true of a span: what stands around it, and what the patterns say of it."""
        around = {*self._common, *self._words_near(span), *self._cues_near(span), *self._place(span)}
        around.update(_form(self.text[span.start : span.end]))
        return frozenset(around), frozenset(self._said(span))

    def _said(self, span: Span) -> Iterator[str]:
        if not span.opinions:
            yield "said nothing"
        for one in span.opinions:
            yield f"said {one.type}"
            yield f"said {one.type} {one.rank}"
            yield f"kept {one.type} {one in self._kept}"
        place = bisect_left(self._rivals, (span.start, 0, ""))
        for start, end, kind in self._rivals[max(0, place - _CLOSE) : place + _CLOSE]:
            if start < span.end and span.start < end and (start, end) != (span.start, span.end):
                larger = (start <= span.start and span.end <= end) - (span.start <= start and end <= span.end)
                yield f"rival {kind} {larger}"

    def _words_near(self, span: Span) -> Iterator[str]:
        first = bisect_right(self._ends, span.start)
        left = [w for start, _, w in self._words[max(0, first - 8) : first] if start >= span.start - _BEFORE]
        for distance, word in enumerate(reversed(left)):
            if distance < 3:
                yield f"before{distance} {word[:8]}"
            yield f"before {word[:5]}"
        if len(left) > 1:
            yield f"two before {left[-2][:6]} {left[-1][:6]}"
        second = bisect_left(self._starts, span.end)
        right = [w for start, _, w in self._words[second : second + 4] if start < span.end + _AFTER]
        yield f"after0 {right[0][:8] if right else ''}"
        for word in right:
            yield f"after {word[:5]}"

    def _cues_near(self, span: Span) -> Iterator[str]:
        place = bisect_right(self._cue_ends, span.start) - 1
        gap = span.start - self._cue_ends[place] if place >= 0 else _BEFORE
        kind = self._cues[place][2] if gap < _BEFORE else ""
        yield f"cue {kind}"
        yield f"cue {kind} {bisect_left((4, 15, 35), gap + 1)}"
        place = bisect_left(self._cue_starts, span.end)
        close = place < len(self._cues) and self._cue_starts[place] < span.end + _AFTER
        yield f"then {self._cues[place][2] if close else ''}"

    def _place(self, span: Span) -> Iterator[str]:
        first, last = span.start <= self._first, span.end >= self._last
        yield f"place {'alone' if first and last else 'end' if last else 'start' if first else 'amid'}"
        begins = span.start == 0 or self.text[span.start - 1] == "\n"
        ends = span.end == len(self.text) or self.text[span.end] == "\n"
        yield f"line {begins} {ends}"


def _form(value: str) -> Iterator[str]:
    form = re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", re.sub(r"\d", "9", value)))[:_LONGEST]
    yield f"form {form}"
    outline = _REPEATED.sub(r"\1", form)
    yield f"outline {outline}"
    yield f"letters {value[: len(value) - len(value.lstrip(_LETTERS))].upper()[:_LONGEST]}"
    digits = sum(c.isdigit() for c in value)
    yield f"digits {digits} {digits == len(value)}"
    yield f"decimals {len(value.partition(',')[2])}"
    yield f"province {any(part in _PROVINCES for part in _CAPITALS.findall(value))}"
    yield f"groups {value.count(' ')}"
    yield f"year {bool(_YEAR.search(value))}"
    yield f"zero {value[0] == '0'}"


def _plain(word: str) -> str:
    return "9" * min(len(word), 5) if word[0].isdigit() else word.lower()
