"""Text as the SEPA schemes allow it: Latin letters, digits, blank and / - ? : ( ) . , ' +"""

from __future__ import annotations

import re
import unicodedata

_ALLOWED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_REPLACED = str.maketrans({"&": "e", "_": "-", '"': "'", "`": "'", "’": "'", "‘": "'", "–": "-", "—": "-",
                           "“": "'", "”": "'", "«": "'", "»": "'", "ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O",
                           "ø": "o", "Đ": "D", "đ": "d", "Ł": "L", "ł": "l", "€": "EUR", "°": ".", ";": ",",
                           "@": "(at)", "*": "."})  # fmt: skip


def sepa_text(text: str, *, limit: int) -> str:
    """Return the text transliterated to the SEPA characters and cut to `limit`.

    Accents fall (Niccolò -> Niccolo), what has no likeness becomes a blank, blanks are single.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_REPLACED))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_ALLOWED.sub(" ", plain).split())[:limit].rstrip()


def is_sepa_reference(text: str) -> bool:
    """Tell whether an identifier may travel: 1 to 35 allowed characters, no slash at an end, no double slash."""
    return (
        0 < len(text) <= 35
        and not _ALLOWED.search(text)
        and text == text.strip()
        and not text.startswith("/")
        and not text.endswith("/")
        and "//" not in text
    )
