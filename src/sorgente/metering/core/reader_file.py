"""A reader's file becomes columns; each line that cannot is named with its reason. No line stops the file."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sorgente.metering.core.profile import Profile
from sorgente.metering.core.reasons import Reason
from sorgente.shared.errors import SorgenteError

_PLAIN = re.compile(r"\d+(\.\d+)?")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8"}


class WrongEncoding(SorgenteError):
    code = "metering.reader-file.wrong-encoding"


class ColumnMissing(SorgenteError):
    code = "metering.reader-file.column-missing"


class NoLines(SorgenteError):
    code = "metering.reader-file.empty"


class FileLine(NamedTuple):
    """A line that brings a read."""

    number: int
    text: str
    serial: str
    read_on: date
    index_milli: int
    kind: str


class BadLine(NamedTuple):
    """A line without a read. outcome: refused, held, or none (nobody could read the meter)."""

    number: int
    text: str
    outcome: str
    reason: Reason


@dataclass
class ReaderLines:
    """Everything the file holds: each line is in exactly one of the two."""

    reads: list[FileLine] = field(default_factory=list)
    others: list[BadLine] = field(default_factory=list)


def read_reader_file(content: bytes, profile: Profile, *, file: str) -> ReaderLines:
    """Return the lines of a reader's file.

    raises  WrongEncoding, ColumnMissing, NoLines: then the profile does not fit the file and nothing of it is used
    """
    lines = decode(content, profile.encoding, file=file, profile=profile.name).splitlines()
    numbered = [(number, line) for number, line in enumerate(lines, 1) if number > profile.skip and line.strip()]
    places: dict[str, int] = {}
    if profile.header and numbered:
        places = _places(_cells(numbered[0][1], profile), profile, file=file)
        numbered = numbered[1:]
    elif not profile.header:
        places = {column: int(place) - 1 for column, place in profile.columns.items()}
    if not numbered:
        raise NoLines(file, "It holds no line with a read.", "Check that this is the file you meant.")
    found = ReaderLines()
    days: dict[str, date | None] = {}
    for number, line in numbered:
        one = _line(number, line, places, profile, days)
        if isinstance(one, FileLine):
            found.reads.append(one)
        else:
            found.others.append(one)
    return found


def decode(content: bytes, encoding: str, *, file: str, profile: str) -> str:
    """Return the text; raises WrongEncoding, which names what the bytes look like."""
    for mark, actual in _MARKS.items():
        if content.startswith(mark) and not encoding.startswith(actual):
            raise _wrong(file, profile, encoding, f"it begins with the mark of {actual}", actual)
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _wrong(
            file, profile, encoding, f"byte 0x{content[error.start]:02x} in line {line} is none of its", _guess(content)
        ) from None
    if "\0" in text:
        raise _wrong(file, profile, encoding, "it is full of zero bytes", "utf-16")
    if not content.isascii() and not encoding.startswith("utf") and _guess(content) == "utf-8":
        raise _wrong(file, profile, encoding, "its accented letters are UTF-8", "utf-8")
    return text


def _guess(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _wrong(file: str, profile: str, encoding: str, why: str, actual: str) -> WrongEncoding:
    return WrongEncoding(
        file,
        f"It is not {encoding}, as profile {profile} says: {why}.",
        f"It looks like {actual}: use a profile with that encoding, or ask for the file again.",
    )


def _cells(line: str, profile: Profile) -> list[str]:
    return next(csv.reader([line], delimiter=profile.separator, quotechar=profile.quote, strict=True))


def _places(header: list[str], profile: Profile, *, file: str) -> dict[str, int]:
    names = {name.strip().upper(): place for place, name in enumerate(header)}
    places = {}
    for column, place in profile.columns.items():
        at = names.get(place.strip().upper()) if isinstance(place, str) else int(place) - 1
        if at is None:
            raise ColumnMissing(
                file,
                f"There is no column {place}; it has {', '.join(name.strip() for name in header)}.",
                f"Use the profile of this file, or correct column {column} of profile {profile.name}.",
            )
        places[column] = at
    return places


def _line(
    number: int, line: str, places: dict[str, int], profile: Profile, days: dict[str, date | None]
) -> FileLine | BadLine:
    def refused(rule: str, facts: str, next_step: str) -> BadLine:
        return BadLine(number, line, "refused", Reason(rule, facts, next_step))

    try:
        cells = _cells(line, profile)
    except csv.Error:
        return refused("bad-quotes", "a quotation mark is opened and not closed.", "Correct the line.")
    if len(cells) <= max(places.values()):
        return refused(
            "too-few-columns", f"{len(cells)} columns, {max(places.values()) + 1} needed.", "Correct the line."
        )
    kind = profile.kind
    if "status" in places:
        word = cells[places["status"]].strip().upper()
        if word in profile.no_read:
            why = profile.no_read[word]
            return BadLine(number, line, "none", Reason("no-read", why, "Counts as an attempt; plan the next one."))
        if word in profile.self_words:
            kind = "self"
        elif word not in profile.read_words:
            return refused("unknown-status", f"{word!r} is not in the profile.", "Add it to the profile's status.")
    serial = profile.serial_of(cells[places["serial"]])
    if not serial:
        return refused("no-serial", "the serial is empty.", "Write the serial.")
    told = cells[places["read_on"]].strip()
    if told not in days:
        days[told] = _day(told, profile.date)
    day = days[told]
    if day is None:
        return refused("bad-date", f"{told!r} is not a day written as {profile.date}.", "Correct the day.")
    shown = cells[places["index"]].strip()
    index = _milli(shown, profile)
    if index is None:
        return refused("bad-index", f"{shown!r} is not a number of this profile.", "Copy the digits again.")
    return FileLine(number, line, serial, day, index, kind)


def _day(text: str, form: str) -> date | None:
    try:
        day = datetime.strptime(text, form).date()  # noqa: DTZ007
    except ValueError:
        return None
    return day if day.year >= 1970 else None


def _milli(text: str, profile: Profile) -> int | None:
    """Return the index in thousandths; None when it is no number or finer than thousandths."""
    plain = text.replace(profile.thousands, "") if profile.thousands else text
    if profile.decimal != ".":
        if "." in plain:
            return None
        plain = plain.replace(profile.decimal, ".")
    if not plain.isascii() or not _PLAIN.fullmatch(plain) or len(plain) > 18:
        return None
    whole, _, part = plain.partition(".")
    scaled = int(whole + part) * profile.unit_milli
    size = 10 ** len(part)
    return None if scaled % size else scaled // size
