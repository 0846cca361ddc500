"""Meter keys from the maker's file: CSV with a header, `serial` or `radio_id`, and `key`. Never shown, never logged."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from sorgente.metering.core.reader_file import ColumnMissing, NoLines, decode
from sorgente.metering.models import Device
from sorgente.shared.secrets import encrypt

_KEY = re.compile(r"[0-9A-F]{32}")


class KeyProblem(NamedTuple):
    line: int
    meter: str
    message: str


@dataclass
class KeyImport:
    """lines = stored + the number of problems."""

    lines: int = 0
    stored: int = 0
    problems: list[KeyProblem] = field(default_factory=list)


@transaction.atomic
def import_meter_keys(*, content: bytes, file_name: str) -> KeyImport:
    """Store the AES keys of meters, encrypted. A bad line is listed without its key and stops nothing.

    raises  WrongEncoding, ColumnMissing, NoLines
    """
    lines = decode(content, "utf-8", file=file_name, profile="meter keys").splitlines()
    if len(lines) < 2:
        raise NoLines(file_name, "It holds no line with a key.", "Check that this is the file you meant.")
    separator = ";" if ";" in lines[0] else ","
    header = [name.strip().lower() for name in next(csv.reader([lines[0]], delimiter=separator))]
    name = next((one for one in ("serial", "radio_id") if one in header), None)
    if name is None or "key" not in header:
        raise ColumnMissing(
            file_name,
            f"There is no column {'key' if name else 'serial or radio_id'}.",
            "Name the columns serial (or radio_id) and key in the first line.",
        )
    result = KeyImport()
    rows = [
        (number, dict(zip(header, next(csv.reader([line], delimiter=separator)), strict=False)))
        for number, line in enumerate(lines[1:], 2)
        if line.strip()
    ]
    devices = _devices(name, {cells.get(name, "").strip().upper() for _, cells in rows})
    found: list[Device] = []
    for number, cells in rows:
        result.lines += 1
        device = _with_key(number, name, cells, devices, result)
        if device is not None:
            found.append(device)
    Device.objects.bulk_update(found, ["radio_key"], batch_size=1000)
    result.stored = len(found)
    return result


def _devices(name: str, wanted: set[str]) -> dict[str, list[Device]]:
    devices: dict[str, list[Device]] = {}
    for device in Device.objects.filter(**{f"{name}__in": wanted - {""}}):
        devices.setdefault(getattr(device, name).upper(), []).append(device)
    return devices


def _with_key(
    number: int, name: str, cells: dict[str, str], devices: dict[str, list[Device]], result: KeyImport
) -> Device | None:
    meter = cells.get(name, "").strip().upper()
    key = re.sub(r"[\s:]|^0X", "", cells.get("key", "").upper())
    if not _KEY.fullmatch(key):
        problem = f"The key has {len(key)} characters, or not only hex digits; 32 are needed. Copy it again."
    else:
        named = devices.get(meter, [])
        if len(named) == 1:
            named[0].radio_key = encrypt(key, key=settings.FIELD_KEY)
            return named[0]
        which = "Two meters have" if named else "No meter has"
        problem = f"{which} the {name} {meter!r}. Register the meter first, or give its serial."
    result.problems.append(KeyProblem(number, meter, problem))
    return None
