"""SWIFT MT940 and MT942 statements, as foreign banks still send them: read by a table of tags.

    :20: starts a statement   :25: account   :60F:/:60M: opening   :62F:/:62M: closing
    :61: one movement, then :86: what it is about (free, German ?20, or /EREF/ tagged)

Survives what real files hold: SWIFT envelopes, wrapped lines, 30 February, closing balances without currency,
a movement whose text comes under a wrong tag.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sorgente.payments.core.statement import (
    Statement,
    StatementEntry,
    StatementFile,
    balance_warning,
    one_line,
    reference_or_none,
)
from sorgente.shared.errors import SorgenteError

_TAG = re.compile(r"^:(\d{2}[A-Z]?|NS):", re.MULTILINE)
_MOVEMENT = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<sign>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d+,?\d*)"
    r"(?P<kind>[A-Z][A-Z0-9]{3})?(?P<reference>.*?)(?://(?P<bank>.*))?"
)
_BALANCE = re.compile(r"(?P<sign>[CD])(?P<date>\d{6})(?P<currency>[A-Z]{3})?(?P<amount>\d+,?\d*)")
_GERMAN_FIELD = re.compile(r"\?(\d{2})")
_GERMAN_KEY = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")
_SLASH_KEY = re.compile(r"/(EREF|MARF|REMI|RTRN|IBAN|NAME|PREF|CSID|BENM|ORDP|ISDT|TRCD|BIC|SVCL|PURP)/")


class Mt940Unreadable(SorgenteError):
    code = "payments.statement.mt940-unreadable"


@dataclass(slots=True)
class _Open:
    number: int
    statement_id: str | None = None
    account: str | None = None
    currency: str = "EUR"
    opening: Decimal | None = None
    closing: Decimal | None = None
    entries: list[StatementEntry] = field(default_factory=list)
    waits_for_text: bool = False
    intraday: bool = False


def read_mt940(text: str, file: str) -> StatementFile:
    """Return every statement of the file; raises Mt940Unreadable naming the line of a movement it cannot read."""
    found = StatementFile()
    current: _Open | None = None
    for line, tag, value in _fields(text):
        if tag == "20":
            if current is not None:
                found.statements.append(_closed(current, file))
            current = _Open(len(found.statements) + 1, statement_id=value.strip() or None)
        elif current is None:
            raise Mt940Unreadable(
                f"{file} line {line}", f"Field {tag} before any :20:.", "Fetch the file again from the bank."
            )
        else:
            _take(current, tag, value, f"{file} line {line}")
    if current is None:
        raise Mt940Unreadable(file, "No field :20: in it.", "Send an MT940 or MT942 statement.")
    found.statements.append(_closed(current, file))
    return found


def _take(current: _Open, tag: str, value: str, where: str) -> None:
    if tag == "61":
        current.entries.append(_movement(value, current, where))
        current.waits_for_text = True
    elif tag in ("86", "NS", "25") and current.waits_for_text:
        # Some banks print the text of a movement under :25: or :NS:; an account number never follows a movement.
        current.entries[-1] = _with_text(current.entries[-1], value)
        current.waits_for_text = False
    elif tag == "25":
        current.account = reference_or_none(value.split("\n")[0].replace(" ", ""))
    elif tag == "28C":
        current.statement_id = f"{current.statement_id or ''} {value.strip()}".strip()
    elif tag in ("60F", "60M", "62F", "62M"):
        balance = _BALANCE.match(value.strip())
        if balance is None:
            raise _broken(where, f"balance {value.strip()!r}")
        current.currency = balance["currency"] or current.currency
        signed = _decimal(balance["amount"]) * (1 if balance["sign"] == "C" else -1)
        if tag.startswith("60"):
            current.opening = signed
        else:
            current.closing, current.waits_for_text = signed, False
    elif tag == "34F":
        current.currency = value.strip()[:3] or current.currency
        current.intraday = True  # a floor limit: MT942
    # 21, 64, 65, 13D, 90C, 90D say nothing about movements.


def _closed(current: _Open, file: str) -> Statement:
    entries = tuple(current.entries)
    label = f"statement {current.statement_id or current.number}"
    return Statement(
        file=file,
        statement_id=current.statement_id,
        account=current.account,
        entries=entries,
        opening=current.opening,
        closing=current.closing,
        intraday=current.intraday,
        warnings=balance_warning(opening=current.opening, closing=current.closing, entries=entries, label=label),
    )


def _fields(text: str) -> Iterator[tuple[int, str, str]]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    marks = list(_TAG.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        value = text[mark.end() : following.start() if following else len(text)]
        # "-" (or "-}") alone on a line ends a SWIFT message; what follows belongs to the next one.
        value = re.split(r"\n-\}?(?:[A-Z]{3})?[ \t]*(?:\n|$)", value, maxsplit=1)[0]
        yield text.count("\n", 0, mark.start()) + 1, mark[1], value.strip("\n")


def _movement(value: str, current: _Open, where: str) -> StatementEntry:
    first, _, supplement = value.partition("\n")
    match = _MOVEMENT.fullmatch(first.strip())
    if match is None:
        raise _broken(where, f"movement {first.strip()!r}")
    value_on = _date(match["value"], where)
    booked_on = _nearest(match["booked"], value_on, where) if match["booked"] else value_on
    # RC takes a credit back, so it is money out; RD gives a debit back.
    positive = match["sign"] in ("C", "RD")
    cents = int((_decimal(match["amount"]) * 100).to_integral_value())
    return StatementEntry(
        account=current.account,
        booked_on=booked_on,
        value_on=value_on,
        cents=cents if positive else -cents,
        currency=current.currency,
        end_to_end_id=None,
        remittance=one_line(supplement),
        bank_reference=_reference(match["bank"]) or _reference(match["reference"]),
        reversal=match["sign"].startswith("R"),
        bank_code=match["kind"],
    )


def _with_text(entry: StatementEntry, value: str) -> StatementEntry:
    tagged = _german(value) or _slashed(value)
    return replace(
        entry,
        end_to_end_id=reference_or_none(tagged.get("EREF")),
        mandate_id=reference_or_none(tagged.get("MREF") or tagged.get("MARF")),
        return_reason=reference_or_none(tagged.get("RTRN")),
        counterparty=one_line(tagged.get("NAME")),
        counterparty_iban=reference_or_none(tagged.get("IBAN")),
        remittance=one_line(tagged.get("SVWZ") or tagged.get("REMI")) or one_line(value) or entry.remittance,
    )


def _german(value: str) -> dict[str, str]:
    pieces = _GERMAN_FIELD.split(value.replace("\n", ""))
    if len(pieces) < 3:
        return {}
    fields = list(zip(pieces[1::2], pieces[2::2], strict=True))
    purpose = "".join(text for number, text in fields if "20" <= number <= "29" or "60" <= number <= "63")
    parts = _GERMAN_KEY.split(purpose)
    tagged = {key: text.strip() for key, text in zip(parts[1::2], parts[2::2], strict=True)}
    if not tagged.get("SVWZ"):
        tagged["SVWZ"] = parts[0].strip() or purpose.strip()
    tagged["NAME"] = "".join(text for number, text in fields if number in ("32", "33"))
    tagged["IBAN"] = next((text for number, text in fields if number == "31"), "")
    return tagged


def _slashed(value: str) -> dict[str, str]:
    parts = _SLASH_KEY.split(value.replace("\n", ""))
    return {key: text.strip() for key, text in zip(parts[1::2], parts[2::2], strict=True)}


def _reference(text: str | None) -> str | None:
    # "EREF" and "KREF" only announce that the reference stands in :86:, a lone N begins a cut NONREF.
    return None if (text or "").strip().rstrip("+") in ("EREF", "KREF", "N") else reference_or_none(text)


def _decimal(amount: str) -> Decimal:
    return Decimal(amount.replace(",", ".").rstrip("."))


def _date(text: str, where: str) -> date:
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    year += 2000 if year < 80 else 1900
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise _broken(where, f"date {text!r}")
    # Banks that count months of 30 days print 30 February: it is the month's end.
    return date(year, month, min(day, monthrange(year, month)[1]))


def _nearest(text: str, value_on: date, where: str) -> date:
    """Return the booking day, printed without a year: the one nearest to the value date."""
    years = (value_on.year - 1, value_on.year, value_on.year + 1)
    candidates = [_date(f"{year % 100:02d}{text}", where) for year in years]
    return min(candidates, key=lambda day: abs((day - value_on).days))


def _broken(where: str, what: str) -> Mt940Unreadable:
    return Mt940Unreadable(where, f"Cannot read the {what}.", "Ask the bank for the file again, or for camt.053.")
