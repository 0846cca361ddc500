"""The fixed data structure of old wired meters (CI 73): a number, two counters and their units."""

from __future__ import annotations

from typing import NamedTuple

from sorgente.radio import values
from sorgente.radio.answer import Record

SIZE = 16
_SAME_BUT_EARLIER = 0x3E
# first code, last code, quantity, unit, power of ten of the first code
_UNITS = (
    (0x02, 0x0A, "energy", "kWh", -3),
    (0x0B, 0x13, "energy", "MJ", -3),
    (0x14, 0x1C, "power", "kW", -3),
    (0x1D, 0x25, "power", "MJ/h", -3),
    (0x26, 0x2E, "volume", "m3", -6),
    (0x2F, 0x37, "volume_flow", "m3/h", -6),
    (0x38, 0x38, "temperature", "°C", -3),
    (0x39, 0x39, "heat_cost_units", "", 0),
)


class Fixed(NamedTuple):
    """What a fixed body says. Both counters have storage 1 when the status marks them as those of a fixed day."""

    number: bytes
    access: int
    status: int
    medium: int
    records: tuple[Record, ...]


def _meaning(code: int) -> tuple[str, str, int]:
    for first, last, quantity, unit, exponent in _UNITS:
        if first <= code <= last:
            return quantity, unit, exponent + code - first
    return "unknown", "", 0


def read_fixed(body: bytes) -> Fixed:
    """Read a fixed body of 16 bytes. Status bit 0: counters are binary, not BCD; bit 1: counters of a fixed day."""
    status = body[5]
    records = []
    quantity, unit, exponent = "unknown", "", 0
    for index in (0, 1):
        code = body[6 + index] & 0x3F
        storage = 1 if status & 2 or code == _SAME_BUT_EARLIER else 0
        if code != _SAME_BUT_EARLIER:
            quantity, unit, exponent = _meaning(code)
        data = body[8 + 4 * index : 12 + 4 * index]
        raw = int.from_bytes(data, "little") if status & 1 else values.bcd(data)
        value = None if raw is None else values.EXACT.scaleb(values.EXACT.create_decimal(raw), exponent)
        records.append(Record(quantity, unit, value, storage))
    medium = body[6] >> 6 | (body[7] >> 6) << 2
    return Fixed(body[:4], body[4], status & 0xFC, medium, tuple(records))
