"""The application layer: a run of data records (DIF, VIF, value) into `Record`s."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sorgente.radio import values
from sorgente.radio.answer import Address, Record, Value
from sorgente.radio.fields import BCD, BINARY, CLOCK, IDENTITY, NONE, REAL, VARIABLE, BadHeader, Field
from sorgente.radio.vif import Form
from sorgente.radio.words import read_address

_MOST_HEADERS_KEPT = 20_000
_fields: dict[bytes, Field] = {}


class Reading(NamedTuple):
    """The records of one telegram.

    headers    the record headers in order, b"" when a compact frame could not stand for this telegram
    candidates headers and values that may be the headline total
    identity   the meter's address where a record without header brings it (VIF 79, eight bytes)
    maker      the maker's own block after DIF 0F or 1F
    more       True when the meter says that another telegram completes this one (DIF 1F)
    problem    why reading stopped early, "" when every byte was understood
    cut        True when it stopped because the bytes ended in the middle of a record
    """

    records: tuple[Record, ...]
    headers: bytes
    candidates: tuple[tuple[Field, Decimal], ...]
    read_at: datetime | None
    identity: Address | None
    maker: bytes | None
    more: bool
    problem: str
    cut: bool


def compiled(header: bytes) -> Field:
    """Return a compiled header; raises BadHeader."""
    field = _fields.get(header)
    if field is None:
        if len(_fields) >= _MOST_HEADERS_KEPT:
            _fields.clear()
        field = _fields[header] = Field(header)
    return field


def header_end(body: bytes, start: int) -> int:
    """Return where the header that starts here ends; raises IndexError when the bytes end first."""
    at = start + 1
    byte = body[start]
    while byte & 0x80:
        byte = body[at]
        at += 1
    byte = body[at]
    at += 1
    while byte & 0x80:
        byte = body[at]
        at += 1
    return at


def _plain_text_header(body: bytes, start: int) -> tuple[Field, int]:
    """Return the compiled header of a plain-text VIF (7C, FC) and where its data starts."""
    at = start
    while body[at] & 0x80:
        at += 1
    at += 1
    code = body[at]
    length = body[at + 1]
    name = body[at + 2 : at + 2 + length]
    if len(name) < length:
        raise IndexError
    end = at + 2 + length
    byte = code
    while byte & 0x80:
        byte = body[end]
        end += 1
    return Field(body[start : at + 1] + body[at + 2 + length : end], values.text(name)), end


def _variable(body: bytes, at: int, form: Form) -> tuple[Value, int]:
    """Return the value of variable length that starts with its length code, and where it ends."""
    code = body[at]
    at += 1
    if code <= 0xBF:
        size = code
    elif code <= 0xC9:
        size = code - 0xC0
    elif 0xD0 <= code <= 0xD9:
        size = code - 0xD0
    elif 0xE0 <= code <= 0xEF:
        size = code - 0xE0
    elif 0xF0 <= code <= 0xF4:
        size = 4 * (code - 0xEC)
    elif code <= 0xF6 and code >= 0xF5:
        size = 48 if code == 0xF5 else 64
    else:
        raise BadHeader(f"The length code {code:02X} is reserved.")
    end = at + size
    data = body[at:end]
    if len(data) < size:
        raise IndexError
    if code <= 0xBF:
        return values.text(data), end
    if not size:
        return None, end
    if code <= 0xD9:
        number = values.bcd(data)
        return None if number is None else Decimal(-number if code >= 0xD0 else number), end
    if form == Form.INSTANT:
        return values.instant(data), end
    return data.hex(), end


def _special(field: Field, data: bytes) -> Value:
    """Return a value that is not a plain scaled number."""
    form = field.form
    if field.kind == NONE:
        return None
    if form == Form.DATE:
        return values.day(data)
    if form == Form.INSTANT:
        if len(data) == 3:
            return values.clock(data)
        return values.instant(data) if len(data) != 2 else values.day(data)
    if field.kind == REAL:
        return values.real32(data)
    if form == Form.IDENTIFIER and (field.kind == BCD or field.size == 8):
        return data[::-1].hex()
    if field.kind == BCD:
        number = values.bcd(data)
    elif form in (Form.UNSIGNED, Form.IDENTIFIER):
        number = int.from_bytes(data, "little")
    else:
        number = values.signed(data)
    if number is None:
        return None
    return Decimal(number) if field.factor is None else values.EXACT.multiply(number, field.factor)


def read_records(body: bytes) -> Reading:
    """Read the records of an application body. Never raises: what cannot be read ends it and is named."""
    records: list[Record] = []
    headers: list[bytes] = []
    candidates: list[tuple[Field, Decimal]] = []
    read_at: datetime | None = None
    maker: bytes | None = None
    identity: Address | None = None
    problem = ""
    cut = more = False
    compact = True
    at, end = 0, len(body)
    known = _fields
    multiply = values.EXACT.multiply
    value: Value
    try:
        while at < end:
            dif = body[at]
            if dif & 15 == 15:
                if dif == 0x2F:
                    at += 1
                    continue
                if dif in (0x0F, 0x1F):
                    maker, more = body[at + 1 :], dif == 0x1F
                    break
                problem = f"The DIF {dif:02X} at byte {at} is reserved."
                break
            stop = header_end(body, at)
            header = body[at:stop]
            field = known.get(header)
            if field is None:
                vif_at = 1
                while header[vif_at - 1] & 0x80:
                    vif_at += 1
                if header[vif_at] & 0x7F == 0x7C:
                    field, stop = _plain_text_header(body, at)
                    compact = False
                else:
                    field = compiled(header)
            if field.kind == VARIABLE:
                value, at = _variable(body, stop, field.form)
                compact = False
                if isinstance(value, Decimal) and field.factor is not None:
                    value = multiply(value, field.factor)
            else:
                at = stop + field.size
                data = body[stop:at]
                if at > end:
                    raise IndexError
                if field.simple and field.kind in (BINARY, BCD):
                    number = values.bcd(data) if field.kind == BCD else values.signed(data)
                    if number is None:
                        value = None
                    else:
                        factor = field.factor
                        value = Decimal(number) if factor is None else multiply(number, factor)
                else:
                    value = _special(field, data)
                    if field.kind == REAL and field.factor is not None and isinstance(value, Decimal):
                        value = multiply(value, field.factor)
                if field.role:
                    if field.role == IDENTITY:
                        if field.size == 8 and identity is None and data[:4].hex().isdecimal():
                            identity = read_address(data[4:6], data[:4], data[6], data[7])
                    elif field.role == CLOCK:
                        if read_at is None and isinstance(value, datetime):
                            read_at = value
                    elif isinstance(value, Decimal) and data != b"\xff" * field.size:
                        candidates.append((field, value))
            headers.append(header)
            records.append(
                Record(
                    field.quantity,
                    field.unit,
                    None if field.failed else value,
                    field.storage,
                    field.tariff,
                    field.subunit,
                    field.function,
                    field.modifiers,
                )
            )
    except IndexError:
        cut = True
        problem = f"The bytes end in the middle of record {len(records) + 1}."
    except BadHeader as error:
        problem = str(error)
    whole = compact and maker is None and not problem
    return Reading(
        tuple(records),
        b"".join(headers) if whole else b"",
        tuple(candidates),
        read_at,
        identity,
        maker,
        more,
        problem,
        cut,
    )
