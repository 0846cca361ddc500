"""The link layer: where a frame starts and ends, whose it is, and whether it arrived whole.

Radio (EN 13757-4), lengths in bytes:

    format A   L C M M A A A A A A crc | 16 data crc | 16 data crc | ... rest crc    L does not count checksums
    format B   L C M M A A A A A A data ... up to 126 crc | rest crc                 L counts checksums
    bare       L C M M A A A A A A data ...          what most receivers hand over

Wired (EN 13757-2): 68 L L 68 C A data ... sum 16.
"""

from __future__ import annotations

from dataclasses import dataclass

from sorgente.radio.answer import Address
from sorgente.radio.crc import crc16
from sorgente.radio.words import read_address

_FROM_METER = frozenset({0x44, 0x46, 0x47, 0x48, 0x08, 0x18, 0x28, 0x38})
_B_FIRST = 126  # bytes that the first checksum of format B covers


class BadFrame(Exception):
    """The bytes are not a frame; the text says what is wrong. Internal: the decoder turns it into an answer."""


class ForeignFrame(Exception):
    """A right frame that carries no meter data: an acknowledgement, a request, a select."""


@dataclass(slots=True)
class Frame:
    """A frame without its framing.

    payload   from the CI field to the end
    secondary the eight address bytes as they stand in the frame (maker, number, version, medium), b"" when wired
    missing   bytes that L announces and that did not arrive
    counted   True when checksums were there and right
    """

    payload: bytes
    secondary: bytes
    address: Address | None
    missing: int = 0
    counted: bool = False


def _without_crc_a(data: bytes, length: int) -> bytes | None:
    """Return the frame without the checksums of format A, None when they do not fit."""
    blocks = (length + 1 - 10 + 15) >> 4
    if len(data) < length + 1 + 2 * (1 + blocks):
        return None
    out, start, left, size = [], 0, length + 1, 10
    while left > 0:
        take = min(size, left)
        block = data[start : start + take]
        if crc16(block) != int.from_bytes(data[start + take : start + take + 2], "big"):
            return None
        out.append(block)
        start, left, size = start + take + 2, left - take, 16
    return b"".join(out)


def _without_crc_b(data: bytes) -> bytes | None:
    """Return the frame without the checksums of format B, None when they do not fit."""
    size = len(data)
    if size < 13:
        return None
    cut = size - 2 if size <= _B_FIRST + 2 else _B_FIRST
    first = data[:cut]
    if crc16(first) != data[cut] << 8 | data[cut + 1]:
        return None
    if cut == size - 2:
        return first
    rest = data[cut + 2 : -2]
    if size < cut + 5 or crc16(rest) != int.from_bytes(data[-2:], "big"):
        return None
    return first + rest


def _fills_its_blocks(payload: bytes) -> bool:
    """Return whether the encrypted blocks that the header announces end exactly where the frame ends.

    Such a frame has no room for checksums, which spares most encrypted telegrams the search for them.
    """
    size = len(payload)
    at = 3 if payload[0] == 0x8C else 0
    if size > at + 2 and payload[at] == 0x90:
        at += 2 + payload[at + 1]
    if size < at + 14:
        return False
    at += {0x7A: 5, 0x72: 13}.get(payload[at], size)
    if at >= size:
        return False
    mode, blocks = payload[at - 1] & 31, payload[at - 2] >> 4
    return blocks > 0 and mode in (5, 7) and size == at + (mode == 7) + 16 * blocks


def _wired(data: bytes) -> Frame:
    length = data[1]
    end = length + 4
    if len(data) < end + 2:
        raise BadFrame(f"The wired frame announces {length + 6} bytes and has {len(data)}.")
    if data[end + 1] != 0x16:
        raise BadFrame("The wired frame does not end with 16.")
    if sum(data[4:end]) & 0xFF != data[end]:
        raise BadFrame(f"The checksum is {data[end]:02X} and should be {sum(data[4:end]) & 0xFF:02X}.")
    if length < 3:
        raise BadFrame(f"The wired frame has {length} bytes of content and needs at least 3.")
    if data[4] not in _FROM_METER:
        raise ForeignFrame(f"The C field {data[4]:02X} is a command to a meter, not an answer of one.")
    return Frame(data[6:end], b"", None, 0, True)


def _radio(data: bytes, take_b: bool) -> Frame:
    length = data[0]
    size = len(data)
    if length < 10 or size < 12:
        raise BadFrame(f"A radio frame has at least 12 bytes; this one has {size} and announces {length + 1}.")
    if data[1] not in _FROM_METER:
        raise ForeignFrame(f"The C field {data[1]:02X} is not one that meters send their data with.")
    body: bytes | None = None
    if size > length + 1:
        body = _without_crc_a(data, length)
    bare = data if size <= length + 1 else data[: length + 1]
    counted = body is not None
    if body is None and size > length and take_b and not _fills_its_blocks(bare[10:]):
        body = _without_crc_b(bare)
        counted = body is not None
    if body is None:
        body = bare
    secondary = body[2:10]
    address = read_address(secondary[:2], secondary[2:6], secondary[6], secondary[7])
    return Frame(body[10:], secondary, address, max(0, length + 1 - size), counted)


def read_frame(data: bytes, *, take_b: bool = True) -> Frame:
    """Return the frame in the bytes, found by recomputing checksums and never by assuming them.

    take_b   False leaves out format B, for the one frame in 65,536 whose last bytes look like its checksum
    raises   BadFrame, ForeignFrame
    """
    if not data:
        raise BadFrame("There are no bytes.")
    if data[0] == 0x68 and len(data) >= 6 and data[3] == 0x68 and data[1] == data[2]:
        return _wired(data)
    if data == b"\xe5" or (data[0] == 0x10 and len(data) == 5 and data[4] == 0x16):
        raise ForeignFrame("A wired acknowledgement or short frame carries no data.")
    return _radio(data, take_b)
