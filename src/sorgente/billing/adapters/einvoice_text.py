"""Text and figures as the FatturaPA schema takes them: Latin-1 at most, no blanks at the ends, decimals fixed.

The schema refuses the euro sign, curly quotes, long dashes and emoji (control 00200), and some fields
(numbers, codes) take plain ASCII only.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# What people and word processors write, in letters the schema knows.
_REPLACE = {
    "€": "EUR", "’": "'", "‘": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-",
    "…": "...", "•": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "→": "->", "≤": "<=", "≥": ">=",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE", "ı": "i", "™": "(TM)", "№": "n.", "\t": " ",
    "\n": " ", "\r": " ",
}  # fmt: skip
_TABLE = str.maketrans(_REPLACE)
_ASCII_ALSO = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "°": "o", "º": "o", "ª": "a"})


def _decomposed(text: str, highest: int) -> str:
    out = []
    for char in text:
        if ord(char) <= highest:
            out.append(char)
            continue
        plain = "".join(part for part in unicodedata.normalize("NFKD", char) if ord(part) <= highest)
        out.append(plain or ("" if unicodedata.combining(char) else "?"))
    return "".join(out)


def latin1(text: str, limit: int) -> str:
    """Return the text in Basic Latin and Latin-1, one line, at most `limit` characters."""
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text).translate(_TABLE)
        text = _decomposed(text, 0xFF)
        text = "".join(char for char in text if char >= " " and not "\x7f" <= char <= "\x9f")
    return text.strip()[:limit].rstrip()


def ascii_only(text: str, limit: int) -> str:
    """Return the text in Basic Latin, one line, at most `limit` characters."""
    if not (text.isascii() and text.isprintable()):
        text = _decomposed(latin1(text, len(text) * 3).translate(_ASCII_ALSO), 0x7F)
    return text.strip()[:limit].rstrip()


def escaped(text: str) -> str:
    """Return the text with mark-up characters written as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=8192)
def latin_xml(text: str, limit: int) -> str:
    """Return `latin1` ready to stand in an element."""
    return escaped(latin1(text, limit))


@lru_cache(maxsize=8192)
def ascii_xml(text: str, limit: int) -> str:
    """Return `ascii_only` ready to stand in an element."""
    return escaped(ascii_only(text, limit))


@lru_cache(maxsize=8192)
def price_text(price_e8: int) -> str:
    """Return a price with 2 to 8 decimals, no useless zeros: 0.854321, 12.50."""
    sign = "-" if price_e8 < 0 else ""
    whole, part = divmod(abs(price_e8), 100_000_000)
    decimals = f"{part:08d}".rstrip("0")
    return f"{sign}{whole}.{decimals:0<2}"


def quantity_text(quantity_milli: int) -> str:
    """Return a quantity with 2 or 3 decimals: 92.00, 27.450 -> 27.45."""
    sign = "-" if quantity_milli < 0 else ""
    whole, part = divmod(abs(quantity_milli), 1000)
    return f"{sign}{whole}.{part // 10:02d}" if part % 10 == 0 else f"{sign}{whole}.{part:03d}"


@lru_cache(maxsize=256)
def rate_text(vat_rate_e2: int) -> str:
    """Return a VAT rate as SdI writes it: 10.00."""
    return f"{vat_rate_e2 // 100}.{vat_rate_e2 % 100:02d}"
