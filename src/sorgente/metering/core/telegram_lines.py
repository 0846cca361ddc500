"""Lines that carry radio telegrams: hex, JSON, logs of rtl-wmbus and wmbusmeters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from sorgente.radio import NotHex, clean_hex

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?")
_HEARD = ("heard_at", "timestamp", "time", "received_at")
_HEX = ("telegram_hex", "telegram", "hex")
_LONGEST = 1024  # bytes; a radio frame has at most 291 with its checksums


class TelegramLine(NamedTuple):
    number: int
    data: bytes
    heard_at: datetime
    timed: bool  # the line itself says when it was heard


class UnreadableLine(NamedTuple):
    number: int
    message: str


def telegram_lines(
    lines: Iterable[str], *, received_at: datetime, zone: tzinfo
) -> Iterator[TelegramLine | UnreadableLine]:
    """Return one item per line that is neither empty nor a comment nor a log's own talk.

    received_at  stands in where a line does not say when the telegram was heard
    zone         of times written without one
    """
    for number, line in enumerate(lines, 1):
        text = line.strip().strip("\ufeff")
        if not text or text.startswith("#") or (text.startswith("(") and "telegram=" not in text):
            continue
        try:
            yield (
                _json(number, text, received_at, zone)
                if text.startswith("{")
                else _plain(number, text, received_at, zone)
            )
        except NotHex as error:
            yield UnreadableLine(number, f"{error.facts} {error.next_step}")


def _json(number: int, text: str, received_at: datetime, zone: tzinfo) -> TelegramLine | UnreadableLine:
    try:
        item = json.loads(text)
    except json.JSONDecodeError as error:
        return UnreadableLine(number, f"It is not JSON at column {error.colno}. Send one object a line.")
    told: Any = next((item[name] for name in _HEX if isinstance(item.get(name), str)), None)
    if told is None:
        return UnreadableLine(number, f"It has none of the fields {', '.join(_HEX)}. Add the telegram in hex.")
    heard = next((item[name] for name in _HEARD if isinstance(item.get(name), str)), "")
    return _made(number, told, _instant(heard, received_at, zone))


def _plain(number: int, text: str, received_at: datetime, zone: tzinfo) -> TelegramLine | UnreadableLine:
    return _made(number, text, _instant(text, received_at, zone))


def _made(number: int, told: str, heard: tuple[datetime, bool]) -> TelegramLine | UnreadableLine:
    data = clean_hex(told)
    if len(data) > _LONGEST:
        return UnreadableLine(number, f"{len(data)} bytes; a telegram has at most {_LONGEST}. Send one a line.")
    return TelegramLine(number, data, *heard)


def _instant(text: str, received_at: datetime, zone: tzinfo) -> tuple[datetime, bool]:
    """Return (when it was heard, said by the line); a time after the file's own arrival is a wrong clock."""
    found = _INSTANT.search(text)
    if found is None:
        return received_at, False
    try:
        heard = datetime.fromisoformat(found[0])
    except ValueError:
        return received_at, False
    heard = heard if heard.tzinfo is not None else heard.replace(tzinfo=zone)
    return (heard, True) if heard <= received_at else (received_at, False)
