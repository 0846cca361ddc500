"""How to read one maker's file, as data.

encoding    as Python names it: utf-8, cp1252
separator   one character              quote       one character, '"' unless told
decimal     "," or "."                 thousands   removed before reading, none unless told
date        as strptime writes it      header      whether a line names the columns
skip        lines before the header    columns     serial, read_on, index and status -> name or position from 1
unit_milli  thousandths in one unit of the file: 1000 for cubic metres, 1 for litres
kind        reader, radio or self      match       serial or radio_id: what the first column identifies
serial      keep: digits, letters_digits or all; strip_zeros; prefix (removed); last: so many characters
status      read, self: words that bring a read; none: word -> why there is none
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sorgente.shared.errors import SorgenteError

_KINDS = ("reader", "radio", "self")
_COLUMNS = ("serial", "read_on", "index", "status")
_KNOWN = {
    "format", "encoding", "separator", "quote", "decimal", "thousands", "date", "header", "skip", "columns",
    "unit_milli", "kind", "match", "serial", "status",
}  # fmt: skip


class ProfileWrong(SorgenteError):
    code = "metering.profile.wrong"


@dataclass(frozen=True, slots=True)
class Profile:
    """A checked profile."""

    name: str
    encoding: str
    separator: str
    quote: str
    decimal: str
    thousands: str
    date: str
    header: bool
    skip: int
    columns: Mapping[str, str | int]
    unit_milli: int
    kind: str
    match: str
    keep: str
    strip_zeros: bool
    prefix: str
    last: int
    read_words: frozenset[str] = frozenset()
    self_words: frozenset[str] = frozenset()
    no_read: Mapping[str, str] = field(default_factory=dict)

    def serial_of(self, text: str) -> str:
        """Return the serial, or radio address, that the file's text stands for."""
        serial = text.strip().upper()
        if self.prefix and serial.startswith(self.prefix.upper()):
            serial = serial[len(self.prefix) :]
        if self.keep == "digits":
            serial = "".join(letter for letter in serial if letter.isdigit())
        elif self.keep == "letters_digits":
            serial = "".join(letter for letter in serial if letter.isalnum())
        if self.last:
            serial = serial[-self.last :]
        return serial.lstrip("0") if self.strip_zeros else serial


def read_profile(name: str, settings: Mapping[str, Any]) -> Profile:
    """Return the profile written in the settings; raises ProfileWrong naming the setting."""

    def wrong(setting: str, facts: str, next_step: str) -> ProfileWrong:
        return ProfileWrong(f"Profile {name}, {setting}", facts, next_step)

    for setting in sorted(set(settings) - _KNOWN):
        raise wrong(setting, "There is no such setting.", f"Use {', '.join(sorted(_KNOWN))}.")
    if settings.get("format", "csv") != "csv":
        raise wrong("format", f"It is {settings['format']!r}.", "Only csv is read.")
    try:
        encoding = codecs.lookup(str(settings.get("encoding", "utf-8"))).name
    except LookupError:
        raise wrong("encoding", f"{settings['encoding']!r} is none.", "Write utf-8 or cp1252.") from None
    for setting in ("separator", "decimal"):
        if len(str(settings.get(setting, ""))) != 1:
            raise wrong(setting, f"It is {settings.get(setting)!r}.", "Give one character.")
    columns = settings.get("columns") or {}
    for column in ("serial", "read_on", "index"):
        if column not in columns:
            raise wrong("columns", f"{column} is missing.", "Name serial, read_on and index; status if there is one.")
    for column, place in columns.items():
        if column not in _COLUMNS:
            raise wrong("columns", f"{column} is not known.", f"Use {', '.join(_COLUMNS)}.")
        if isinstance(place, bool) or not isinstance(place, str | int) or place == 0:
            raise wrong("columns", f"{column} is {place!r}.", "Give the column's name or its position from 1.")
        if isinstance(place, str) and not settings.get("header", True):
            raise wrong("columns", f"{column} is a name, the file has no header.", "Give positions from 1.")
    unit = settings.get("unit_milli")
    if not isinstance(unit, int) or unit < 1:
        raise wrong("unit_milli", f"It is {unit!r}.", "Write 1000 for cubic metres, 1 for litres.")
    if not settings.get("date"):
        raise wrong("date", "It is missing.", "Write the form of dates: %d/%m/%Y.")
    kind, match = settings.get("kind", "reader"), settings.get("match", "serial")
    if kind not in _KINDS:
        raise wrong("kind", f"It is {kind!r}.", f"Use {', '.join(_KINDS)}.")
    if match not in ("serial", "radio_id"):
        raise wrong("match", f"It is {match!r}.", "Use serial or radio_id.")
    serial, status = settings.get("serial") or {}, settings.get("status") or {}
    return Profile(
        name=name,
        encoding=encoding,
        separator=settings["separator"],
        quote=str(settings.get("quote", '"')),
        decimal=settings["decimal"],
        thousands=str(settings.get("thousands", "")),
        date=settings["date"],
        header=bool(settings.get("header", True)),
        skip=int(settings.get("skip", 0)),
        columns=dict(columns),
        unit_milli=unit,
        kind=kind,
        match=match,
        keep=str(serial.get("keep", "all")),
        strip_zeros=bool(serial.get("strip_zeros", False)),
        prefix=str(serial.get("prefix", "")),
        last=int(serial.get("last", 0)),
        read_words=frozenset(str(word).upper() for word in status.get("read", ())),
        self_words=frozenset(str(word).upper() for word in status.get("self", ())),
        no_read={str(word).upper(): str(why) for word, why in (status.get("none") or {}).items()},
    )
