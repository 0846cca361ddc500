"""A8, the archive's part: every document is there and is what was stored, and no register has a gap."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from sorgente.archive.queries.documents import broken_documents
from sorgente.shared.audit import Problem, asked

_GAPS = """
SELECT register, year, count(*), max(number) FROM archive_registerentry
GROUP BY register, year HAVING count(*) <> max(number) ORDER BY register, year
"""
_REMOVED_WITHOUT_MINUTES = """
SELECT d.title, p.code FROM archive_tombstone t JOIN archive_document d ON d.id = t.document_id
JOIN archive_disposal p ON p.id = t.disposal_id
WHERE p.state <> 'executed' OR p.minutes_id IS NULL
   OR (SELECT count(DISTINCT a.approved_by) FROM archive_disposalapproval a
       WHERE a.disposal_id = p.id AND a.approved_by <> p.proposed_by) < 2
"""


def problems() -> Iterator[Problem]:
    """Yield every document whose bytes are gone or have changed, every register with a gap, every lawless removal."""
    for broken in broken_documents():
        yield Problem("A8", f"Document {broken.title} ({broken.sha256[:12]})", broken.problem)
    yield from asked(connection, _GAPS, _gap)
    yield from asked(
        connection,
        _REMOVED_WITHOUT_MINUTES,
        lambda title, code: Problem("A8", f"Document {title}", f"Disposal {code} lacks approvals or minutes."),
    )


def _gap(register: str, year: int, count: int, latest: int) -> Problem:
    return Problem("A8", f"Register {register} {year}", f"It holds {count} numbers, the latest is {latest}.")
