"""`sorgente radio decode`: telegrams in, answers out, JSON Lines, one answer for each line and in order."""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from sorgente.radio import Address, Decoded, Decoder, NotHex, clean_hex
from sorgente.shared.errors import SorgenteError

_CHUNK = 1 << 18


class BadKeyFile(SorgenteError):
    code = "radio.keys.bad-file"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help="AES keys of the meters: CSV (meter_id,key) or JSON ({meter_id: key})"
    )


def run(arguments: argparse.Namespace) -> int:
    keys = load_keys(arguments.keys) if arguments.keys else {}
    answer_all(sys.stdin.buffer, sys.stdout.buffer, keys)
    return 0


def load_keys(path: Path) -> dict[str, bytes]:
    """Return the key of each meter number; raises BadKeyFile and never repeats a key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeyFile(
            str(path), f"The key file cannot be read: {error}.", "Give a UTF-8 CSV or JSON file."
        ) from None
    pairs: list[tuple[Any, Any]]
    if text.lstrip().startswith("{"):
        try:
            pairs = list(orjson.loads(text).items())
        except orjson.JSONDecodeError as error:
            raise BadKeyFile(
                str(path), f"It is not JSON: {error}.", "Give an object of meter numbers and keys."
            ) from None
    else:
        separator = ";" if ";" in text.partition("\n")[0] else ","
        rows = [row for row in csv.reader(text.splitlines(), delimiter=separator) if row]
        pairs = [(row[0], row[1] if len(row) > 1 else "") for row in rows]
        if pairs and not _key(pairs[0][1]):
            pairs = pairs[1:]  # the headings
    keys = {}
    for meter_id, text_key in pairs:
        key = _key(text_key)
        if len(key) not in (8, 16):
            raise BadKeyFile(
                f"{path}, meter {meter_id}", "The key is not 32 hex digits.", "Correct the key or its line."
            )
        keys[str(meter_id).strip().lower().zfill(8)] = key
    return keys


def _key(text: Any) -> bytes:
    """Return the bytes of a key, b"" for what is none: a telegram that needs it is then answered `wrong_key`."""
    try:
        return bytes.fromhex(text)
    except (TypeError, ValueError):
        return b""


def answer_all(source: BinaryIO, target: BinaryIO, keys: dict[str, bytes]) -> None:
    """Answer every line of the source. What has arrived is answered at once: a live stream works too."""
    decoder = Decoder()
    rest = b""
    read = getattr(source, "read1", source.read)
    while chunk := read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        _write(target, lines, decoder, keys)
    _write(target, [rest] if rest.strip() else [], decoder, keys)


def _write(target: BinaryIO, lines: list[bytes], decoder: Decoder, keys: dict[str, bytes]) -> None:
    out = [answer(line, decoder, keys) for line in lines if line.strip()]
    if out:
        target.write(b"\n".join(out) + b"\n")
        target.flush()


def answer(line: bytes, decoder: Decoder, keys: dict[str, bytes]) -> bytes:
    """Return the JSON answer to one line."""
    try:
        asked = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _refused(f"The line is not JSON: {error}. Send one JSON object a line.")
    text = asked.get("telegram_hex") if isinstance(asked, dict) else None
    if not isinstance(text, str):
        return _refused('There is no telegram. Send {"telegram_hex": "2E44...", "key": "..."}.')
    try:
        telegram = clean_hex(text)
    except NotHex as error:
        return _refused(str(error))
    given = asked.get("key")
    if given is not None and given != "":
        decoded = decoder.decode(telegram, _key(given))
    elif keys:
        decoded = decoder.decode_finding(telegram, lambda address: _known(keys, address))
    else:
        decoded = decoder.decode(telegram, None)
    return orjson.dumps(as_json(decoded))


def _known(keys: dict[str, bytes], address: Address) -> bytes | None:
    return keys.get(address.meter_id)


def _refused(message: str) -> bytes:
    return orjson.dumps(as_json(Decoded("malformed", message=message)))


def _thousandths(number: int) -> str:
    sign = "-" if number < 0 else ""
    return f"{sign}{abs(number) // 1000}.{abs(number) % 1000:03d}"


def _plain(value: Decimal | datetime | date | str | None) -> str | None:
    if value is None or value.__class__ is str:
        return value
    if value.__class__ is Decimal:
        text = str(value)
        return format(value, "f") if "E" in text else text
    return value.isoformat()  # type: ignore[union-attr]


def as_json(decoded: Decoded) -> dict[str, Any]:
    """Return the answer as the contract of the command line has it; numbers are decimal text."""
    found: dict[str, Any] = {
        "outcome": decoded.outcome,
        "meter_id": decoded.meter_id,
        "manufacturer": decoded.manufacturer,
        "version": decoded.version,
        "medium": decoded.medium,
    }
    if decoded.access_number is not None:
        found["access_number"] = decoded.access_number
    if decoded.total_milli is not None:
        found["total_m3"] = _thousandths(decoded.total_milli)
    if decoded.total_wh is not None:
        found["total_kwh"] = _thousandths(decoded.total_wh)
    if decoded.read_at is not None:
        found["read_at"] = decoded.read_at.isoformat()
    found["status"] = decoded.status
    found["records"] = [
        {
            "quantity": record.quantity,
            "unit": record.unit,
            "value": _plain(record.value),
            "storage": record.storage,
            "tariff": record.tariff,
            "subunit": record.subunit,
            "function": record.function,
            "modifiers": record.modifiers,
        }
        for record in decoded.records
    ]
    found["security"] = decoded.security
    found["message"] = decoded.message
    return found
