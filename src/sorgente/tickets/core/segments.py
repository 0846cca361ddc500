"""Cuts a mail into its parts, with their places: what is new, what is quoted, who signs, what everybody appends."""

from __future__ import annotations

import re
from dataclasses import dataclass

GREETING, BODY, QUOTE, SIGNATURE, DISCLAIMER, FOOTER, ENVELOPE = (
    "greeting",
    "body",
    "quote",
    "signature",
    "disclaimer",
    "footer",
    "envelope",
)

_QUOTE_OPENS = re.compile(
    r"""^\s*(?:
        [-_=*]{2,}\s*(?:messaggio|original|forwarded|inoltr|inizio|e-?mail|da:).*
      | (?:inizio\s+messaggio\s+inoltrato|begin\s+forwarded\s+message).*
      | (?:il|in\s+data|on|le|am)\b.{5,140}(?:ha\s+scritto|wrote|scrive|schrieb|a\s+écrit)\s*:?
      | _{8,}
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADER_FROM = re.compile(r"^[\s*>]*(?:da|from|mittente)\s*:\**\s*\S", re.IGNORECASE)
_HEADER_OTHER = re.compile(
    r"^[\s*>]*(?:inviat[oa](?: il)?|data|date|sent|a|to|per|cc|oggetto|subject)\s*:\**", re.IGNORECASE
)
_MARKED = re.compile(r"^\s{0,3}>")
_SIGNATURE_MARK = re.compile(r"^\s*(?:--|—|__)\s*$")
_CLOSING = re.compile(
    r"""^\s*(?:(?:in\s+attesa|resto\s+in\s+attesa|certo|ringraziando)[^.]{0,80}[,.]?\s*)?
    (?:(?:cordiali|distinti|i\s+miei|tanti|migliori|molti|un)\s+salut[oi]|cordialmente|saluti|cordialit[àa]|con\s+osservanza
      |in\s+fede|buona\s+giornata|buon\s+lavoro|buona\s+serata|ossequi|best\s+regards|kind\s+regards|regards
      |grazie\s+e\s+(?:cordiali\s+)?saluti|distintamente)\b.{0,60}$""",
    re.IGNORECASE | re.VERBOSE,
)
_DISCLAIMER = re.compile(
    r"""(?:avviso\s+di\s+riservatezza|le\s+informazioni\s+(?:contenute|trasmesse)|quest[oa]\s+(?:messaggio|e-?mail|comunicazione)
      .{0,60}(?:riservat|confidenzial|destinat)|this\s+e-?mail.{0,60}(?:confidential|intended)|ai\s+sensi\s+(?:e\s+per\s+gli
      \s+effetti\s+)?del\s+(?:reg|gdpr|d\.?\s?lgs).{0,80}(?:messaggio|informa|riservat)|prima\s+di\s+stampare|please\s+consider
      |confidentiality\s+notice|rispetta\s+l.ambiente)""",
    re.IGNORECASE | re.VERBOSE,
)
_FOOTER = re.compile(
    r"^\s*(?:inviat[oa]\s+d(?:a|al|alla)\b|sent\s+from\b|scarica\s+outlook|ottieni\s+outlook|get\s+outlook"
    r"|libero\s+mail|mail\s+priva\s+di\s+virus|virus-free)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"""^\s*(?:buon\s?giorno|buona\s?sera|salve|ciao|gent(?:ile|ili|\.mi|\.ma|\.mo|mo|\.)?\b|gentilissim|spett(?:abile|\.|\.le|le)
      |egr(?:egio|egi|\.)|alla\s+c\.?a\.?|c\.a\.|cari?\b|cara\b|hello|dear|good\s+morning|buond[iì]|pregiat|spettabile)
      [^.?!:]{0,90}[,.!:;]?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_ENVELOPE_OPENS = re.compile(r"^\s*messaggio\s+di\s+posta\s+certificata", re.IGNORECASE)
_ENVELOPE_LINE = re.compile(
    r"""^\s*(?:messaggio\s+di\s+posta\s+certificata|il\s+giorno\s+\d.{0,80}il\s+messaggio|il\s+messaggio\s+originale\s+[eè]'?\s+
      |identificativo\s+(?:del\s+)?messaggio|l.allegato\s+daticert|[eè]'?\s+stato\s+inviato\s+da|indirizzato\s+a|".*"\s+[eè]'?
      \s+stato\s+inviato|inviato\s+da\s+".*@)""",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Segment:
    """A part of the body, [start, end) characters; the segments of a body cover it without gaps."""

    kind: str
    start: int
    end: int


def segment(body: str) -> list[Segment]:
    """Return the parts of a body in order; neighbours of one kind are joined."""
    lines = body.splitlines(keepends=True)
    kinds = _kinds([line.rstrip("\r\n") for line in lines])
    found: list[Segment] = []
    place = 0
    for line, kind in zip(lines, kinds, strict=True):
        if found and found[-1].kind == kind:
            found[-1] = Segment(kind, found[-1].start, place + len(line))
        else:
            found.append(Segment(kind, place, place + len(line)))
        place += len(line)
    return found


def _kinds(lines: list[str]) -> list[str]:
    kinds: list[str] = []
    state = BODY
    written = False  # has a line of the sender's own text been seen?
    after_closing = 0
    for number, line in enumerate(lines):
        if state == QUOTE:
            kinds.append(QUOTE)
            continue
        if _MARKED.match(line):
            kinds.append(QUOTE)
            continue
        if _QUOTE_OPENS.match(line) or _opens_header(lines, number):
            marked = any(_MARKED.match(later) for later in lines[number + 1 : number + 3])
            # Above ">" lines only the heading is quoted: answers may stand between them.
            state = state if marked else QUOTE
            kinds.append(QUOTE)
            continue
        if _ENVELOPE_LINE.match(line) and (not written or _ENVELOPE_OPENS.match(line) or ENVELOPE in kinds):
            kinds.append(ENVELOPE)
            continue
        if _FOOTER.match(line):
            kinds.append(FOOTER)
            continue
        if _DISCLAIMER.search(line) and (written or state == SIGNATURE):
            state = DISCLAIMER
        if state == DISCLAIMER:
            kinds.append(DISCLAIMER)
            continue
        if state == SIGNATURE:
            after_closing += bool(line.strip())
            # Whoever goes on at length after the greeting has not finished: a postscript, not a signature.
            if after_closing > 1 and (len(line) > 110 or re.match(r"^\s*p\.?\s?s\b", line, re.IGNORECASE)):
                state = BODY
            kinds.append(state)
            continue
        if _SIGNATURE_MARK.match(line) or (written and _CLOSING.match(line)):
            state, after_closing = SIGNATURE, 0
            kinds.append(SIGNATURE)
            continue
        if not written and _GREETING.match(line):
            kinds.append(GREETING)
            continue
        written = written or bool(line.strip())
        kinds.append(BODY)
    return kinds


def _opens_header(lines: list[str], number: int) -> bool:
    if not _HEADER_FROM.match(lines[number]):
        return False
    return sum(bool(_HEADER_OTHER.match(line)) for line in lines[number + 1 : number + 5]) >= 2


def new_text(body: str, segments: list[Segment]) -> str:
    """Return what the sender wrote now, without greeting and signature."""
    return "".join(body[part.start : part.end] for part in segments if part.kind == BODY).strip()


def quoted_text(body: str, segments: list[Segment]) -> str:
    """Return what was quoted or forwarded, without the marks."""
    text = "".join(body[part.start : part.end] for part in segments if part.kind == QUOTE)
    return re.sub(r"^\s{0,3}(?:>\s?)+", "", text, flags=re.MULTILINE).strip()


def words(text: str) -> int:
    """Return how many words of three letters or more there are."""
    return len(_WORD.findall(text))
