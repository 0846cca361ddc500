"""Compact frames: a meter sends the checksum of its record headers instead of the headers themselves.

    full     78  DIF VIF value  DIF VIF value  ...        now and then
    compact  79  signature  checksum of the full frame  value value ...

Whoever has once heard the full frame of a model can read every compact one. The checksum of the full frame
guards the result: a wrong format, or a collision of signatures, is noticed.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Protocol

from sorgente.radio.crc import crc16
from sorgente.radio.fields import VARIABLE, BadHeader
from sorgente.radio.records import compiled, header_end

_SHIPPED = Path(__file__).with_name("compact_formats.txt")
_MOST_LEARNT = 10_000


class FormatStore(Protocol):
    """Where learnt formats are kept: signature (0..65535) to record headers."""

    def get(self, signature: int) -> bytes | None:
        """Return the headers under a signature, None when it was never seen."""

    def put(self, signature: int, headers: bytes) -> None:
        """Keep the headers. Called once for each format that a decoder meets."""


class MemoryFormats:
    """Formats kept as long as the decoder lives; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._formats: dict[int, bytes] = {}

    def get(self, signature: int) -> bytes | None:
        return self._formats.get(signature)

    def put(self, signature: int, headers: bytes) -> None:
        if len(self._formats) >= _MOST_LEARNT:
            del self._formats[next(iter(self._formats))]
        self._formats[signature] = headers


@lru_cache(maxsize=1)
def shipped_formats() -> dict[int, bytes]:
    """Return the formats of well-known models that come with the program."""
    lines = _SHIPPED.read_text(encoding="ascii").splitlines()
    formats = [bytes.fromhex(line) for line in lines if line and not line.startswith("#")]
    return {crc16(headers): headers for headers in formats}


@lru_cache(maxsize=2048)
def split_headers(headers: bytes) -> tuple[tuple[bytes, int], ...] | None:
    """Return each header with the size of its value; None when the headers cannot be those of a compact frame."""
    pieces = []
    at = 0
    try:
        while at < len(headers):
            end = header_end(headers, at)
            field = compiled(headers[at:end])
            if headers[at] & 15 == 15 or field.kind == VARIABLE:
                return None
            pieces.append((headers[at:end], field.size))
            at = end
    except (IndexError, BadHeader):
        return None
    return tuple(pieces)


def full_body(headers: bytes, data: bytes) -> bytes | None:
    """Return the records of the full frame that a compact one stands for; None when the sizes do not fit."""
    pieces = split_headers(headers)
    if pieces is None:
        return None
    out = []
    at = 0
    for header, size in pieces:
        out.append(header)
        out.append(data[at : at + size])
        at += size
    return b"".join(out) if at <= len(data) else None
