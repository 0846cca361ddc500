"""A5 and A3, metering's part: each telegram and reader file took effect once, and no register ever runs backwards."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from sorgente.shared.audit import Problem, asked
from sorgente.shared.money import units_text

# The fingerprint is the hash of the bytes, and of the day heard when the line told it (usecases/import_telegrams.py).
_TELEGRAM_CHANGED = """
SELECT radio_id, heard_at::text FROM metering_telegram
 WHERE fingerprint NOT IN (
       sha256(raw), sha256(raw || convert_to(to_char(heard_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD'), 'UTF8')))
 ORDER BY id
"""
_TELEGRAM_TWICE = """
SELECT min(radio_id), min(heard_at)::text, count(*) FROM metering_telegram
 GROUP BY fingerprint HAVING count(*) > 1 ORDER BY min(id)
"""
# A telegram that became a read has exactly one; no other telegram has any.
_TELEGRAM_READS = """
SELECT t.radio_id, t.heard_at::text, t.outcome, count(r.id) FROM metering_telegram t
  LEFT JOIN metering_read r ON r.telegram_id = t.id
 GROUP BY t.id HAVING count(r.id) <> CASE WHEN t.outcome = 'read' THEN 1 ELSE 0 END ORDER BY t.id
"""
# A read that a person corrected by hand keeps the kind radio and points at the read it replaces.
_RADIO_READ_BARE = """
SELECT d.serial, r.read_on FROM metering_read r
  JOIN metering_register g ON g.id = r.register_id JOIN metering_device d ON d.id = g.device_id
  LEFT JOIN metering_telegram t ON t.id = r.telegram_id
 WHERE r.kind = 'radio' AND t.id IS NULL
   AND NOT EXISTS (SELECT FROM metering_readchange c WHERE c.replaced_by_id = r.id) ORDER BY r.id
"""
_READER_FILE = """
SELECT d.title, f.lines, f.accepted + f.held + f.repeated + f.without_read + f.rejected, f.accepted + f.held,
       coalesce(r.reads, 0), coalesce(r.first_hand, 0)
  FROM metering_readerfile f JOIN archive_document d ON d.id = f.document_id
  LEFT JOIN (SELECT r.evidence_id, count(*) AS reads, count(*) FILTER (WHERE c.replaced_by_id IS NULL) AS first_hand
               FROM metering_read r
               LEFT JOIN (SELECT DISTINCT replaced_by_id FROM metering_readchange) c ON c.replaced_by_id = r.id
              WHERE r.evidence_id IS NOT NULL GROUP BY 1) r ON r.evidence_id = f.document_id
 WHERE f.lines <> f.accepted + f.held + f.repeated + f.without_read + f.rejected
    OR coalesce(r.reads, 0) < f.accepted + f.held OR coalesce(r.first_hand, 0) > f.accepted + f.held
 ORDER BY f.id
"""
_READER_FILE_WITHOUT_EFFECT = """
SELECT d.title FROM archive_document d LEFT JOIN metering_readerfile f ON f.document_id = d.id
 WHERE d.kind = 'reader_file' AND f.id IS NULL ORDER BY d.id
"""
_READ_TWICE = """
SELECT d.serial, r.read_on, count(*) FROM metering_read r
  JOIN metering_register g ON g.id = r.register_id JOIN metering_device d ON d.id = g.device_id
 WHERE r.state = 'accepted' GROUP BY d.serial, g.id, r.read_on HAVING count(*) > 1 ORDER BY 1, 2
"""
_BACKWARDS = """
SELECT d.serial, x.before_on, x.before, x.read_on, x.running_milli FROM (
       SELECT register_id, read_on, running_milli, lag(read_on) OVER turn AS before_on,
              lag(running_milli) OVER turn AS before
         FROM metering_read WHERE state = 'accepted' WINDOW turn AS (PARTITION BY register_id ORDER BY read_on, id)) x
  JOIN metering_register g ON g.id = x.register_id JOIN metering_device d ON d.id = g.device_id
 WHERE x.running_milli < x.before ORDER BY 1, 4
"""


def problems() -> Iterator[Problem]:
    """Yield every offender of A5 among telegrams and reader files, and of A3 among reads."""
    yield from telegram_problems()
    yield from reader_file_problems()
    yield from read_problems()


def telegram_problems() -> Iterator[Problem]:
    """A5: the bytes of each telegram are those that were heard, kept once, and gave one read or none."""
    yield from asked(
        connection,
        _TELEGRAM_CHANGED,
        lambda meter, heard: Problem("A5", _telegram(meter, heard), "Its bytes are not those its fingerprint names."),
        {"zone": settings.TIME_ZONE},
    )
    yield from asked(
        connection,
        _TELEGRAM_TWICE,
        lambda meter, heard, times: Problem("A5", _telegram(meter, heard), f"It is kept {times} times."),
    )
    yield from asked(
        connection,
        _TELEGRAM_READS,
        lambda meter, heard, outcome, reads: Problem(
            "A5", _telegram(meter, heard), f"Its outcome is {outcome} and {reads} reads rest on it."
        ),
    )
    yield from asked(
        connection,
        _RADIO_READ_BARE,
        lambda serial, day: Problem("A5", f"Meter {serial}", f"Its radio read of {day} has no telegram behind it."),
    )


def reader_file_problems() -> Iterator[Problem]:
    """A5: every line of a file has one outcome, and every accepted or held line one read."""
    yield from asked(
        connection,
        _READER_FILE,
        lambda title, lines, told, stated, reads, first_hand: Problem(
            "A5",
            f"Reader file {title}",
            f"It has {lines} lines and says what became of {told}."
            if lines != told
            else f"It says that it gave {stated} reads, {reads if reads < stated else first_hand} rest on it.",
        ),
    )
    yield from asked(
        connection,
        _READER_FILE_WITHOUT_EFFECT,
        lambda title: Problem("A5", f"Reader file {title}", "It lies in the archive and was never loaded."),
    )


def read_problems() -> Iterator[Problem]:
    """A5: one accepted read per register and day; A3: the running index never goes back."""
    yield from asked(
        connection,
        _READ_TWICE,
        lambda serial, day, times: Problem("A5", f"Meter {serial}", f"It has {times} accepted reads of {day}."),
    )
    yield from asked(
        connection,
        _BACKWARDS,
        lambda serial, before_on, before, day, running: Problem(
            "A3",
            f"Meter {serial}",
            f"It ran to {units_text(before)} m³ by {before_on} and to {units_text(running)} m³ by {day}.",
        ),
    )


def _telegram(radio_id: str, heard_at: str) -> str:
    return f"Telegram of {radio_id or 'an unknown meter'}, {heard_at}"
