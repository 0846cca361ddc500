"""Write a signature as a binary sample after ISO/IEC 19794-7: big-endian, channels X Y T F S TX TY.

    bytes        content
    0-3          "SDI" and a zero
    4-7          " 10" and a zero (version)
    8-11         length of the whole sample, bytes
    12-13        channels: from the highest bit X Y Z VX VY AX AY T DT F S TX TY Az El R
    then, a channel:  1 byte 0x80 (a scale follows), 2 bytes scale: 5 bits exponent E, 11 bits fraction F,
                      scale = (1 + F / 2048) x 2^(E - 16); value / scale is in the unit below
    then         3 bytes: number of points
    then, a point:    X Y  signed 16 bits, unit: pixel of the pad, Y upwards
                      T    unsigned 16 bits, unit: second since the first point
                      F    unsigned 16 bits, unit: full pressure of the device
                      S    1 byte: 1 the pen is down, 0 it is lifted after this point
                      TX TY signed 16 bits, unit: degree

After the standard's 2007 text as third parties describe it. ⚠ unverified against the standard itself, which is
sold; the JSON twin beside the sample holds every value as it was captured.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any

_CHANNELS = ("X", "Y", "Z", "VX", "VY", "AX", "AY", "T", "DT", "F", "S", "TX", "TY", "Az", "El", "R")
_WRITTEN = ("X", "Y", "T", "F", "S", "TX", "TY")
_SIGNED = range(-32768, 32768)
_UNSIGNED = range(65536)


def binary_sample(points: Sequence[Mapping[str, Any]], *, height: float) -> bytes:
    """Return the sample of the points of core.sealed_blob; raises ValueError when a value has no place."""
    longest = max((point["t"] for point in points), default=0)
    scales = {"X": 8.0, "Y": 8.0, "T": 1024.0 if longest < 60_000 else 128.0, "F": 32768.0, "S": 1.0, "TX": 1.0}
    scales["TY"] = scales["TX"]
    body = b"".join(
        struct.pack(
            ">hhHHBhh",
            _whole(point["x"] * scales["X"], _SIGNED),
            _whole((height - point["y"]) * scales["Y"], _SIGNED),
            _whole(point["t"] / 1000 * scales["T"], _UNSIGNED),
            _whole(point["p"] * scales["F"], _UNSIGNED),
            _is_down(points, position),
            _whole(point["tx"], _SIGNED),
            _whole(point["ty"], _SIGNED),
        )
        for position, point in enumerate(points)
    )
    mask = sum(1 << (15 - _CHANNELS.index(name)) for name in _WRITTEN)
    channels = b"".join(struct.pack(">BH", 0x80, _packed_scale(scales[name])) for name in _WRITTEN)
    head_length = 12 + 2 + len(channels) + 3
    head = b"SDI\0 10\0" + struct.pack(">IH", head_length + len(body), mask)
    return head + channels + len(points).to_bytes(3, "big") + body


def _packed_scale(scale: float) -> int:
    exponent = math.floor(math.log2(scale))
    fraction = round((scale / 2.0**exponent - 1) * 2048)
    return (exponent + 16) << 11 | fraction


def _is_down(points: Sequence[Mapping[str, Any]], position: int) -> int:
    return int(position + 1 < len(points) and points[position + 1]["s"] == points[position]["s"])


def _whole(value: float, allowed: range) -> int:
    number = round(value)
    if number not in allowed:
        raise ValueError(f"{value} has no place in 16 bits")
    return number
