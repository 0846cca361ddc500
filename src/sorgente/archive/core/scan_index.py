"""The index of a batch of scans: a CSV with one line per paper."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from sorgente.shared.errors import SorgenteError

COLUMNS = ("file", "tipo", "soggetto", "pagine", "scatola")
_SUBJECT = re.compile(r"[a-z_]+:\S{1,70}")
_CODE = re.compile(r"\S{1,70}")
_LONGEST_BOX = 40


class ScanIndexUnreadable(SorgenteError):
    code = "archive.scans.index-unreadable"


class ScanLineRefused(SorgenteError):
    """One line of the index cannot be taken; the others are."""

    code = "archive.scans.line-refused"


@dataclass(frozen=True, slots=True)
class ScanLine:
    number: int
    file: str
    kind: str
    subject: str
    pages: int
    box: str
    title: str


def read_scan_index(content: bytes) -> tuple[list[ScanLine], list[tuple[int, str, ScanLineRefused]]]:
    """Return the lines of an index, and (number, text, why) of those that cannot be taken.

    content  CSV with `;` or `,`, UTF-8 or Windows: file;tipo;soggetto;pagine;scatola and, if given, titolo
    raises   ScanIndexUnreadable when a column is missing
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    separator = ";" if ";" in text.split("\n", 1)[0] else ","
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    header = [name.strip().lower() for name in next(rows, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ScanIndexUnreadable(
            "Index of the scans",
            f"Its first line has no column {', '.join(missing)}.",
            f"Write the first line as {';'.join(COLUMNS)};titolo.",
        )
    lines: list[ScanLine] = []
    refused: list[tuple[int, str, ScanLineRefused]] = []
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        try:
            lines.append(_line(number, cells))
        except ScanLineRefused as problem:
            refused.append((number, separator.join(row), problem))
    return lines, refused


def _line(number: int, cells: dict[str, str]) -> ScanLine:
    def refuse(facts: str, next_step: str) -> ScanLineRefused:
        return ScanLineRefused(f"Index line {number}", facts, next_step)

    empty = [name for name in COLUMNS if not cells.get(name)]
    if empty:
        raise refuse(f"{', '.join(empty)} is empty.", "Fill it in.")
    pages = cells["pagine"]
    if not pages.isdecimal() or not 1 <= int(pages) <= 9_999:
        raise refuse(f"{pages!r} is not a number of pages.", "Write how many pages the paper has.")
    subject = cells["soggetto"]
    if _SUBJECT.fullmatch(subject) is None:
        if ":" in subject or _CODE.fullmatch(subject) is None:
            raise refuse(f"{subject!r} names nobody.", "Write the customer's account code, or party:12, contract:….")
        subject = f"account:{subject}"
    if len(cells["scatola"]) > _LONGEST_BOX:
        raise refuse(f"The box name has {len(cells['scatola'])} letters.", f"Use at most {_LONGEST_BOX}.")
    return ScanLine(
        number=number,
        file=cells["file"].replace("\\", "/").rsplit("/", 1)[-1],
        kind=cells["tipo"].lower(),
        subject=subject,
        pages=int(pages),
        box=cells["scatola"],
        title=cells.get("titolo", ""),
    )
