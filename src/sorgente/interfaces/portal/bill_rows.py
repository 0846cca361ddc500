"""The rows of a bill, each beside what it is: how its amount comes about, for which days, and who decided its price."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sorgente.billing.core.row_explanation import RowExplanation
from sorgente.billing.queries.bill_explanation import bill_explanation
from sorgente.billing.queries.bill_file import BillFile, FileRow, RowGroup

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """A row and its words; `has_days`: not those of the whole bill.

    says  None on what an earlier bill charged, and where the bill's inputs do not open
    """

    row: FileRow
    says: RowExplanation | None
    has_days: bool


@dataclass(frozen=True, slots=True)
class ExplainedGroup:
    """A group of rows as the bill has it; `sentence` where one holds for all of it."""

    group: RowGroup
    rows: tuple[ExplainedRow, ...]
    sentence: str
    acts: tuple[str, ...]


def explained_groups(bill: BillFile, *, language: str) -> tuple[ExplainedGroup, ...]:
    """Return the groups of a bill with the words of each row, in a language ("it" or "en")."""
    said = _said(bill.number, language)
    own = sorted(
        (row for group in bill.groups if not group.takes_back for row in group.rows), key=lambda row: row.position
    )
    # What the bill charges comes first in both, in the order it is stored; the rest of `said` takes back.
    of = dict(zip((row.position for row in own), said, strict=False))
    taken_back = said[len(own)].sentence if len(said) > len(own) else ""
    return tuple(_group(bill, group, of, taken_back) for group in bill.groups)


def _said(number: str, language: str) -> list[RowExplanation]:
    try:
        return bill_explanation(number, language=language)
    except Exception:
        # Inputs that do not open are our defect, which the audit names too: amounts, notice and paper still stand.
        _log.exception("The rows of bill %s cannot be explained.", number)
        return []


def _group(bill: BillFile, group: RowGroup, of: dict[int, RowExplanation], taken_back: str) -> ExplainedGroup:
    rows = tuple(
        ExplainedRow(row, None if group.takes_back else of.get(row.position), _has_days(bill, row))
        for row in group.rows
    )
    acts = dict.fromkeys(one.says.source for one in rows if one.says is not None and one.says.source)
    return ExplainedGroup(group, rows, taken_back if group.takes_back else "", tuple(acts))


def _has_days(bill: BillFile, row: FileRow) -> bool:
    return bool(row.unit) and (row.start, row.end) != (bill.start, bill.end)
