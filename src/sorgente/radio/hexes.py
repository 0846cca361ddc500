"""Hex text as people paste it and programs log it."""

from __future__ import annotations

import re

from sorgente.shared.errors import SorgenteError

_WMBUSMETERS = re.compile(r"telegram=\|?([0-9A-Fa-f_ ]+)")
_JSON_FIELD = re.compile(r'"telegram(?:_hex)?"\s*:\s*"([^"]*)"')
_RTL_WMBUS = re.compile(r";\s*0x([0-9A-Fa-f]{8,})\s*;?\s*$")
_SEPARATORS = re.compile(r"0[xX]|[\s:;,.|_\-]")


class NotHex(SorgenteError):
    code = "radio.telegram.not-hex"


def clean_hex(text: str) -> bytes:
    """Return the bytes of a telegram written in hex.

    Takes plain digits, digits with blanks, colons, dashes, commas or `0x`, lines of wmbusmeters
    (`telegram=|2E44..|`), of rtl-wmbus (fields divided by `;`, the last one `0x2E44..`) and JSON objects
    with a field `telegram`. A lone last digit is dropped: the decoder then says that the frame is short.

    raises  NotHex when other characters are left, or nothing
    """
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if data:
        return data
    for pattern in (_WMBUSMETERS, _JSON_FIELD, _RTL_WMBUS):
        found = pattern.search(text)
        if found:
            text = found[1]
            break
    digits = _SEPARATORS.sub("", text)
    try:
        data = bytes.fromhex(digits[: len(digits) & ~1])
    except ValueError:
        data = b""
    if not data:
        shown = text.strip()[:40] or "nothing"
        raise NotHex("Telegram", f"{shown!r} is not hex text.", "Give the telegram as hex digits, two for each byte.")
    return data
