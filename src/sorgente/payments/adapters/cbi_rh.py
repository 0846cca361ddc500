"""The Italian flat bank statement "RH" (CBI-RND-001): records of 120 characters, table-driven.

    RH  ...                                  one block per sending bank
      61 opening   (62 movement (63 detail)*)*   64 closing   65 forward liquidity
    EF  ...                                  with the number of statements and of records

Amounts are 15 characters with a comma, dates ddmmyy. Positions below are 1-based and inclusive, as printed in the
standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
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

RECORD_LENGTH = 120

# record: {field: (first, last)}
LAYOUT: dict[str, dict[str, tuple[int, int]]] = {
    "61": {
        "number": (4, 10), "reason": (29, 33), "cin": (52, 52), "abi": (53, 57), "cab": (58, 62), "account": (63, 74),
        "currency": (75, 77), "date": (78, 83), "sign": (84, 84), "amount": (85, 99), "iban_head": (100, 103),
    },
    "62": {
        "movement": (11, 13), "value_on": (14, 19), "booked_on": (20, 25), "sign": (26, 26), "amount": (27, 41),
        "cbi_reason": (42, 43), "bank_reason": (44, 45), "cheque": (46, 61), "bank_reference": (62, 77),
        "reference_kind": (78, 86), "description": (87, 120),
    },
    "63": {"movement": (11, 13), "flag": (14, 16), "text": (14, 120), "rest": (17, 120)},
    "64": {"currency": (11, 13), "date": (14, 19), "sign": (20, 20), "amount": (21, 35)},
    "EF": {"statements": (46, 52), "records": (83, 89)},
}  # fmt: skip
_KNOWN = ("RH", "61", "62", "63", "64", "65", "EF")
_SIGNS = {"C": 1, "D": -1}


class RhUnreadable(SorgenteError):
    code = "payments.statement.rh-unreadable"


@dataclass(slots=True)
class _Movement:
    record: str
    line: int
    details: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A statement being read: its opening record and the movements so far."""

    record: str
    line: int
    movements: list[_Movement] = field(default_factory=list)


def read_rh(text: str, file: str) -> StatementFile:
    """Return every statement of the file; raises RhUnreadable naming the line where the layout breaks."""
    found = StatementFile()
    opened: _Open | None = None
    in_block = False
    records = statements = 0
    for line, record in _records(text):
        kind = record[1:3]
        if kind not in _KNOWN:
            raise _broken(file, line, f"{kind!r} is not a record of this statement ({', '.join(_KNOWN)}).")
        records += 1
        if kind == "RH":
            in_block, records, statements = True, 1, 0
        elif kind == "61":
            if opened is not None:
                raise _broken(file, line, f"a statement opens before the one of line {opened.line} is closed.")
            opened = _Open(record, line)
            statements += 1
        elif kind in ("62", "63", "64"):
            if opened is None:
                raise _broken(file, line, f"record {kind} stands outside a statement.")
            if kind == "62":
                opened.movements.append(_Movement(record, line))
            elif kind == "63":
                if not opened.movements:
                    raise _broken(file, line, "a detail stands before any movement.")
                opened.movements[-1].details.append(record)
            else:
                found.statements.append(_statement(opened, record, line, file))
                opened = None
        elif kind == "EF":
            _check_counts(record, statements, records, file, line)
            in_block = False
    if opened is not None or in_block:
        where = "its record 64" if opened is not None else "its record EF"
        raise RhUnreadable(file, f"The file ends before {where}.", "It is cut short: fetch it again from the bank.")
    return found


def _records(text: str) -> Iterator[tuple[int, str]]:
    lines = text.splitlines()
    if len(lines) == 1 and len(text) > RECORD_LENGTH and len(text) % RECORD_LENGTH == 0:
        lines = [text[at : at + RECORD_LENGTH] for at in range(0, len(text), RECORD_LENGTH)]
    for number, line in enumerate(lines, start=1):
        if line.strip("\x1a \t"):
            yield number, line.ljust(RECORD_LENGTH)


def _statement(opened: _Open, closing: str, line: int, file: str) -> Statement:
    head = _fields(opened.record)
    iban = head["iban_head"] + head["cin"] + head["abi"] + head["cab"] + head["account"]
    account = iban if len(iban) == 27 else head["account"] or None
    currency = head["currency"] or "EUR"
    entries = tuple(_entry(movement, account, currency, file) for movement in opened.movements)
    tail = _fields(closing)
    start = _signed(head["sign"], head["amount"], file, opened.line)
    end = _signed(tail["sign"], tail["amount"], file, line)
    label = f"statement {head['number']} of line {opened.line}"
    opening, closed = Decimal(start).scaleb(-2), Decimal(end).scaleb(-2)
    return Statement(
        file=file,
        statement_id=head["number"],
        account=account,
        entries=entries,
        opening=opening,
        closing=closed,
        warnings=balance_warning(opening=opening, closing=closed, entries=entries, label=label),
    )


def _entry(movement: _Movement, account: str | None, currency: str, file: str) -> StatementEntry:
    values = _fields(movement.record)
    details = _details(movement.details)
    cbi, bank = values["cbi_reason"], values["bank_reason"]
    return StatementEntry(
        account=account,
        booked_on=_date(values["booked_on"], file, movement.line),
        value_on=_date(values["value_on"], file, movement.line),
        cents=_signed(values["sign"], values["amount"], file, movement.line),
        currency=currency,
        end_to_end_id=reference_or_none(details.get("end_to_end_id")),
        remittance=one_line(details.get("remittance") or values["description"]),
        bank_reference=reference_or_none(values["bank_reference"]) or reference_or_none(values["cheque"]),
        counterparty=one_line(details.get("name")),
        counterparty_iban=reference_or_none(details.get("iban")),
        bank_code=f"{cbi}/{bank}" if bank else cbi or None,
    )


def _details(records: list[str]) -> dict[str, str]:
    """Return what the structured details say; free text is kept whole as the remittance."""
    found: dict[str, str] = {}
    reconciliation, free = "", ""
    for record in records:
        flag, rest = record[13:16], record[16:]
        if flag == "YYY":
            found["name"] = rest[24:64]
        elif flag == "YY2":
            found["iban"] = rest[50:84]
        elif flag == "ID1":
            found["end_to_end_id"] = rest[35:70]
        elif flag in ("RI1", "RI2"):
            reconciliation += rest  # cut by the bank at 104 characters: no blank between the pieces
        elif flag not in ("KKK", "ZZ1"):
            free += record[13:120]
    found["remittance"] = reconciliation if reconciliation.strip() else free
    return found


def _fields(record: str) -> dict[str, str]:
    return {name: record[first - 1 : last].strip() for name, (first, last) in LAYOUT[record[1:3]].items()}


def _check_counts(record: str, statements: int, records: int, file: str, line: int) -> None:
    values = _fields(record)
    for name, counted in (("statements", statements), ("records", records)):
        said = values[name]
        if said.isdigit() and int(said) != counted:
            raise RhUnreadable(
                f"{file} line {line}",
                f"Record EF announces {int(said)} {name}, {counted} are there.",
                "Something is missing or doubled: fetch the file again from the bank.",
            )


def _signed(sign: str, amount: str, file: str, line: int) -> int:
    whole, comma, part = amount.partition(",")
    if sign not in _SIGNS or not comma or not whole.isdigit() or len(part) != 2 or not part.isdigit():
        raise _broken(file, line, f"{sign + amount!r} is not a signed amount such as C000000001234,56.")
    return _SIGNS[sign] * (int(whole) * 100 + int(part))


def _date(text: str, file: str, line: int) -> date:
    try:
        return date(2000 + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError:
        raise _broken(file, line, f"{text!r} is not a date ddmmyy.") from None


def _broken(file: str, line: int, what: str) -> RhUnreadable:
    return RhUnreadable(f"{file} line {line}", what[0].upper() + what[1:], "Fetch the file again from the bank.")
