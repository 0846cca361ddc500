"""Search the archive: Italian words, names and codes, with what was found marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction

from sorgente.archive.core.classes import ROME
from sorgente.archive.models import Document

PER_PAGE = 20
COUNTED_UP_TO = 1_000  # beyond it a further word helps more than a page number
_NEWEST = 20_000  # documents looked through one by one before the index of words is asked
_SHOWN = 20_000  # characters of a long letter in which the words are marked
_OPEN, _CLOSE = "\x02", "\x03"
_HEADLINE = f"StartSel={_OPEN}, StopSel={_CLOSE}, MaxFragments=2, MaxWords=18, MinWords=6, FragmentDelimiter=' … '"
_QUERY = "(websearch_to_tsquery('italian', %(text)s) || websearch_to_tsquery('simple', %(text)s))"
_HASH = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; `stored` is half-open, [start, end)."""

    kind: str = ""
    subject: str = ""  # party:12, contract:…, account:…
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """One hit; `shown` is a piece of its words, each part with whether it was searched for."""

    id: int
    sha256: str
    kind: str
    title: str
    media_type: str
    size: int
    stored_at: datetime
    shown: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits, the latest first. `total` is counted no further than COUNTED_UP_TO, then `is_more`."""

    rows: tuple[FoundDocument, ...]
    number: int
    total: int
    is_more: bool

    @property
    def first(self) -> int:
        return (self.number - 1) * PER_PAGE + 1

    @property
    def latest(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.latest < self.total else None


def search_documents(*, text: str = "", filters: Filters = Filters(), page: int = 1) -> SearchPage:
    """Return the documents that hold all the words, the latest first.

    text  as people write to a search engine: words in any form ("bollette" finds "bolletta"), names, numbers and codes
          with or without leading zeros, "an exact phrase", -without, or; eight or more digits of a SHA-256
    page  from 1; beyond the last the last is returned
    """
    wanted = text.replace("\x00", " ").strip()
    with transaction.atomic(), connection.cursor() as cursor:
        matching = _matching(cursor, wanted, filters, most=min(max(1, page) * PER_PAGE, COUNTED_UP_TO))
        counted = min(matching.total, COUNTED_UP_TO)
        number = min(max(1, page), max(1, -(-counted // PER_PAGE)))
        ids = matching.ids[(number - 1) * PER_PAGE : number * PER_PAGE]
        shown = _shown(cursor, ids, wanted)
    found = Document.objects.in_bulk(ids)
    rows = tuple(
        FoundDocument(
            id=one.pk,
            sha256=one.sha256,
            kind=one.kind,
            title=one.title,
            media_type=one.media_type,
            size=one.size,
            stored_at=one.stored_at,
            shown=shown.get(one.pk, ()),
        )
        for one in (found[pk] for pk in ids)
    )
    return SearchPage(rows, number, counted, matching.total > COUNTED_UP_TO)


@dataclass(frozen=True, slots=True)
class _Matching:
    """The latest ids that match, as many as the page needs at least; how many there are, up to one too many."""

    ids: list[int]
    total: int


def _matching(cursor: Any, text: str, filters: Filters, most: int) -> _Matching:
    """Find the latest that match, by the way that suits how common the words are.

    The planner cannot know how rare a word is that is in none of its statistics, and walked a million documents from
    the latest for a tax code that one holds. So: first the newest thousands, which hold enough of any common word; else
    the index of words, which is quick for all others. Measured by `sorgente bench search`.
    """
    where, values = _conditions(text, filters)
    enough = COUNTED_UP_TO + 1
    if not text or filters.subject:
        order = "t.stored_at DESC, t.document_id DESC" if filters.start or filters.end else "t.document_id DESC"
        cursor.execute(
            f"SELECT t.document_id FROM archive_documenttext t WHERE {where} ORDER BY {order} LIMIT {enough}", values
        )
        ids = [row[0] for row in cursor.fetchall()]
        return _Matching(ids, len(ids))
    newest: list[int] = []
    if filters.end is None:
        of_kind = "WHERE kind = %(kind)s" if filters.kind else ""
        cursor.execute(
            f"SELECT t.document_id FROM (SELECT * FROM archive_documenttext {of_kind} ORDER BY document_id DESC"
            f" LIMIT {_NEWEST}) t WHERE {where} ORDER BY t.document_id DESC LIMIT {enough}",
            values,
        )
        newest = [row[0] for row in cursor.fetchall()]
        if len(newest) == enough:
            return _Matching(newest, enough)
    for setting in ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan"):
        cursor.execute(f"SET LOCAL {setting} = off")
    # Exact bitmaps of a million documents fit; beyond the default of 4 MB each page would be checked again.
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    matching = f"SELECT t.document_id FROM archive_documenttext t WHERE {where}"
    cursor.execute(f"{matching} LIMIT {enough}", values)
    some = [row[0] for row in cursor.fetchall()]
    if len(some) < enough:
        return _Matching(sorted(some, reverse=True), len(some))
    if len(newest) >= most:
        return _Matching(newest, enough)
    cursor.execute(f"SELECT document_id FROM ({matching}) AS found ORDER BY document_id DESC LIMIT {enough}", values)
    return _Matching([row[0] for row in cursor.fetchall()], enough)


def _conditions(text: str, filters: Filters) -> tuple[str, dict[str, Any]]:
    parts, values = ["TRUE"], dict[str, Any](text=text)
    if _HASH.fullmatch(text.lower()) and any(letter.isdigit() for letter in text):
        parts.append(
            f"(t.words @@ {_QUERY} OR t.document_id IN (SELECT id FROM archive_document WHERE sha256 LIKE %(hash)s))"
        )
        values["hash"] = text.lower() + "%"
    elif text:
        parts.append(f"t.words @@ {_QUERY}")
    if filters.kind:
        parts.append("t.kind = %(kind)s")
        values["kind"] = filters.kind
    if filters.subject:
        parts.append("t.document_id IN (SELECT document_id FROM archive_documentsubject WHERE subject = %(subject)s)")
        values["subject"] = filters.subject
    for name, day, sign in (("start", filters.start, ">="), ("end", filters.end, "<")):
        if day is not None:
            parts.append(f"t.stored_at {sign} %({name})s")
            values[name] = datetime.combine(day, time(), tzinfo=ROME)
    return " AND ".join(parts), values


def _shown(cursor: Any, ids: list[int], text: str) -> dict[int, tuple[tuple[str, bool], ...]]:
    """Return the marked piece of each hit, as parts: a template escapes them one by one."""
    if not ids or not text:
        return {}
    cursor.execute(
        "SELECT document_id, ts_headline('italian', translate(left(body, %(most)s), %(marks)s, ''),"
        f" {_QUERY}, %(options)s) FROM archive_documenttext WHERE document_id = ANY(%(ids)s)",
        {"text": text, "ids": ids, "options": _HEADLINE, "most": _SHOWN, "marks": _OPEN + _CLOSE},
    )
    return {row[0]: marked_parts(row[1]) for row in cursor.fetchall()}


def marked_parts(headline: str) -> tuple[tuple[str, bool], ...]:
    """Return a headline cut at its marks: ("bollette di ", False), ("Anna", True), …"""
    parts: list[tuple[str, bool]] = []
    for place, piece in enumerate(re.split(f"[{_OPEN}{_CLOSE}]", headline)):
        if piece:
            parts.append((piece, place % 2 == 1))
    return tuple(parts)
