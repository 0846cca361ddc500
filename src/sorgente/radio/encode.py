"""Telegrams as meters send them: for the demonstration utility, for measuring and for tests.

Written with the library's own modes and CMAC, so that it shares nothing with the decoder but the standards.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from sorgente.radio.crc import crc16

MULTIPLE = 16
_FILLER = b"\x2f"


def maker_bytes(letters: str) -> bytes:
    """Return the two bytes of a maker's three letters."""
    first, second, third = (ord(letter) - 64 for letter in letters)
    return (first << 10 | second << 5 | third).to_bytes(2, "little")


def number_bytes(meter_id: str) -> bytes:
    """Return the four bytes of a meter number of eight digits."""
    return bytes.fromhex(meter_id)[::-1]


def bcd_bytes(number: int, size: int) -> bytes:
    """Return a BCD number, a negative one with a leading F."""
    digits = f"{abs(number):0{2 * size}d}"
    if number < 0:
        digits = "f" + digits[1:]
    return bytes.fromhex(digits)[::-1]


def instant_bytes(year: int, month: int, day: int, hour: int, minute: int) -> bytes:
    """Return an instant of type F."""
    short = year % 100
    return bytes((minute, hour, (short & 7) << 5 | day, (short >> 3) << 4 | month))


def day_bytes(year: int, month: int, day: int) -> bytes:
    """Return a day of type G."""
    short = year % 100
    return bytes(((short & 7) << 5 | day, (short >> 3) << 4 | month))


def link_address(*, manufacturer: str, meter_id: str, version: int, medium: int) -> bytes:
    """Return the eight address bytes of the link layer."""
    return maker_bytes(manufacturer) + number_bytes(meter_id) + bytes((version, medium))


def framed(address: bytes, payload: bytes, *, control: int = 0x44) -> bytes:
    """Return a radio frame without checksums around a payload that starts with its CI field."""
    body = bytes((control,)) + address + payload
    if len(body) > 255:
        raise ValueError(f"A radio frame holds 255 bytes and this one would have {len(body)}.")
    return bytes((len(body),)) + body


def padded(records: bytes) -> bytes:
    """Return the records between two filler bytes and as many as fill the last block."""
    body = _FILLER * 2 + records
    return body + _FILLER * (-len(body) % MULTIPLE)


def _cbc(key: bytes, vector: bytes, data: bytes) -> bytes:
    sealer = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return sealer.update(data) + sealer.finalize()


def cmac(key: bytes, data: bytes) -> bytes:
    """Return the AES-CMAC of the data."""
    mac = CMAC(algorithms.AES(key))
    mac.update(data)
    return mac.finalize()


def plain(address: bytes, records: bytes, *, access: int = 1, status: int = 0) -> bytes:
    """Return an open telegram with a short header."""
    return framed(address, bytes((0x7A, access, status, 0, 0)) + records)


def mode5(
    address: bytes,
    records: bytes,
    key: bytes,
    *,
    access: int = 1,
    status: int = 0,
    inner: bytes | None = None,
    clear_tail: bytes = b"",
) -> bytes:
    """Return a telegram of security mode 5; with `inner` (the meter), a radio adapter at `address` sends."""
    body = padded(records)
    meter = inner or address
    vector = meter + bytes((access,)) * 8
    config = bytes((len(body) // MULTIPLE << 4, 0x05))
    header = bytes((access, status)) + config
    sealed = _cbc(key, vector, body) + clear_tail
    if inner is None:
        return framed(address, b"\x7a" + header + sealed)
    return framed(address, b"\x72" + meter[2:6] + meter[:2] + meter[6:] + header + sealed)


def mode7(
    address: bytes, records: bytes, key: bytes, *, counter: int, access: int = 1, status: int = 0, parts: int = 1
) -> list[bytes]:
    """Return a message of security mode 7, with its MAC, in one telegram or in several fragments."""
    body = padded(records)
    count = counter.to_bytes(4, "little")
    tail = count + address[2:6] + b"\x07" * 7
    config = bytes((len(body) // MULTIPLE << 4, 0x07, 0x10))
    message = bytes((0x7A, access, status)) + config + _cbc(cmac(key, b"\0" + tail), bytes(MULTIPLE), body)
    mac = cmac(cmac(key, b"\x01" + tail), b"\x25" + count + message)[:8]
    if parts == 1:
        return [framed(address, b"\x90\x0f\x00\x2c\x25" + count + mac + message)]
    size = -(-len(message) // parts)
    out = []
    for part in range(1, parts + 1):
        piece = message[(part - 1) * size : part * size]
        more = 0x40 if part < parts else 0
        if part == 1:
            layer = bytes((part, 0x28 | more)) + b"\x25" + count
        elif part == parts:
            layer = bytes((part, 0x04)) + mac
        else:
            layer = bytes((part, more))
        out.append(framed(address, bytes((0x90, len(layer))) + layer + piece))
    return out


def ell(address: bytes, application: bytes, key: bytes | None, *, access: int = 1, session: int = 0x12345) -> bytes:
    """Return a telegram with an extended link layer (8D) around application data that start with their CI field.

    Encrypted in counter mode with a key, open without one.
    """
    control = 0x20
    number = (session & 0x1FFFFFFF | (1 << 29 if key else 0)).to_bytes(4, "little")
    sealed = crc16(application).to_bytes(2, "little") + application
    if key:
        start = address + bytes((control,)) + number + b"\0\0\0"
        sealer = Cipher(algorithms.AES(key), modes.CTR(start)).encryptor()
        sealed = sealer.update(sealed) + sealer.finalize()
    return framed(address, bytes((0x8D, control, access)) + number + sealed)
