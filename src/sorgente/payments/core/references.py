"""Finds in a bank's free text what a payment is for: notice numbers, RF references, bill numbers, pagoPA flows.

Banks cut text at 35 or 70 characters, drop slashes and add blanks; people write what they read on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from stdnum import iso11649

from sorgente.payments.core.notice import has_right_check

_T = TypeVar("_T")

# 18 digits together or in the groups printed on the notice; no digit may touch either end.
_NOTICE = re.compile(r"(?<!\d)(?:\d{18}|\d{4}[ .]\d{4}[ .]\d{4}[ .]\d{4}[ .]\d{2})(?!\d)")
_RF = re.compile(r"\bRF\d{2}(?: ?[A-Z0-9]){1,21}", re.IGNORECASE)
_BILL = re.compile(r"(?<![\dA-Z])(20\d{2})\s*[/\-]\s*([A-Z]{2,8})\s*[/\-]\s*(\d{1,9})(?!\d)", re.IGNORECASE)
_FLOW = re.compile(
    r"PUR\s*/\s*LGPE-?\s*RIVERSAMENTO\s*/(?:\s*TXT\s*/\s*\d\s*/)?\s*URI\s*/\s*([A-Z0-9\-_ ]{10,50})", re.IGNORECASE
)
_FLOW_ID = re.compile(r"(20\d{2}-\d{2}-\d{2}[A-Z0-9_]+-[A-Z0-9_\-]+)", re.IGNORECASE)
_SINGLE = re.compile(r"/RF[SB]\s*/\s*([A-Z0-9]{5,35})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a text refers to, in the order found, each once.

    bills    `(year, series, number)` as written, for example (2026, "SII", 123)
    flow_id  the pagoPA flow a bank transfer pays out, where it says so
    """

    notices: tuple[str, ...] = ()
    creditor_references: tuple[str, ...] = ()
    bills: tuple[tuple[int, str, int], ...] = ()
    flow_id: str | None = None


def find_references(text: str) -> References:
    """Return every reference of the text; a notice or RF number with a wrong check digit is none."""
    notices = [re.sub(r"\D", "", match[0]) for match in _NOTICE.finditer(text)]
    flow_id = find_flow_id(text)
    return References(
        notices=_once(notice for notice in notices if has_right_check(notice)),
        creditor_references=_once(found for match in _RF.finditer(text) if (found := rf_in(match[0])) is not None),
        bills=_once((int(match[1]), match[2].upper(), int(match[3])) for match in _BILL.finditer(text)),
        flow_id=flow_id,
    )


def rf_in(text: str) -> str | None:
    """Return the RF reference that the text begins with, compact and in capitals; None when its check fails.

    Free text may follow: the longest run of groups whose check digits agree is taken.
    """
    compact = text.upper().strip()
    while len(compact) >= 5:
        candidate = compact.replace(" ", "")
        if iso11649.is_valid(candidate):
            return candidate
        shorter = compact.rpartition(" ")[0].rstrip()
        if not shorter:
            return None
        compact = shorter
    return None


def rf_reference(reference: str) -> str:
    """Return the ISO 11649 reference of up to 21 letters and digits: RF, two check digits, the reference."""
    value = "".join(str(int(letter, 36)) for letter in f"{reference}RF00")
    return f"RF{98 - int(value) % 97:02d}{reference}"


def find_flow_id(text: str) -> str | None:
    """Return the flow id of a pagoPA transfer, old form (/PUR/LGPE-RIVERSAMENTO/URI/) or current (/TXT/n/URI/)."""
    match = _FLOW.search(text)
    if match is None:
        return None
    # The id has no blanks: those inside are the bank's line breaks; what follows a slash is not of it.
    found = _FLOW_ID.search(match[1].replace(" ", ""))
    return found[1][:35] if found else None


def single_payment_reference(text: str) -> str | None:
    """Return the IUV or RF of a transfer that pays one notice (/RFB/ and /RFS/), None for any other."""
    match = _SINGLE.search(text)
    return match[1].upper() if match else None


def _once(found: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(found))
