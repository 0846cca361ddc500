"""Telegrams of meters that do not exist, in every framing the decoder has to take."""

from __future__ import annotations

from sorgente.radio.crc import crc16
from sorgente.radio.encode import bcd_bytes, day_bytes, instant_bytes, link_address

KEY = bytes.fromhex("00112233445566778899aabbccddeeff")
OTHER_KEY = bytes.fromhex("0f" * 16)
METER = link_address(manufacturer="SRG", meter_id="20260042", version=0x1A, medium=0x07)
ADAPTER = link_address(manufacturer="RAD", meter_id="99000001", version=0x02, medium=0x37)

# 123.456 m3 now at 2026-03-31 23:59, 100.000 m3 at the turn of the year.
HEADERS = ("0c13", "046d", "4c13", "426c")
VALUES = (bcd_bytes(123456, 4), instant_bytes(2026, 3, 31, 23, 59), bcd_bytes(100000, 4), day_bytes(2025, 12, 31))
RECORDS = b"".join(bytes.fromhex(header) + value for header, value in zip(HEADERS, VALUES, strict=True))
LITRES = 123456


def checksum(block: bytes) -> bytes:
    return crc16(block).to_bytes(2, "big")


def format_a(bare: bytes) -> bytes:
    """Return a bare frame with the checksums of format A."""
    blocks = [bare[:10]] + [bare[at : at + 16] for at in range(10, len(bare), 16)]
    return b"".join(block + checksum(block) for block in blocks)


def format_b(bare: bytes) -> bytes:
    """Return a bare frame with the checksums of format B, which L counts."""
    long = len(bare) > 126
    data = bytes((bare[0] + (4 if long else 2),)) + bare[1:]
    out = data[:126] + checksum(data[:126])
    return out + data[126:] + checksum(data[126:]) if long else out


def wired(records: bytes, *, number: str = "20260042", status: int = 0) -> bytes:
    """Return an answer of a wired meter."""
    body = (
        bytes.fromhex("080172")
        + bytes.fromhex(number)[::-1]
        + METER[:2]
        + bytes((0x1A, 0x07, 9, status, 0, 0))
        + records
    )
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def wired_raw(content: bytes) -> bytes:
    """Return a wired frame around any content that starts with its CI field."""
    body = b"\x08\x01" + content
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def signature(headers: tuple[str, ...] = HEADERS) -> bytes:
    return crc16(bytes.fromhex("".join(headers))).to_bytes(2, "little")


def compact(records: bytes = RECORDS, values: tuple[bytes, ...] = VALUES, headers: tuple[str, ...] = HEADERS) -> bytes:
    """Return the application data of a compact frame that stands for these records."""
    return b"\x79" + signature(headers) + crc16(records).to_bytes(2, "little") + b"".join(values)


def format_frame(headers: tuple[str, ...] = HEADERS) -> bytes:
    """Return the application data of a format frame."""
    body = signature(headers) + bytes.fromhex("".join(headers))
    return bytes((0x69, len(body) + 1)) + body
