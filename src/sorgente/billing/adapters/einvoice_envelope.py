"""Takes the invoice out of a CAdES envelope (.p7m), DER or base64, with or without line breaks.

The signature itself is not verified here: SdI does (controls 00100-00107), and so does the archive.

    ContentInfo { contentType, [0] SignedData { version, digests, encapContentInfo { type, [0] OCTET STRING }, ... } }
"""

from __future__ import annotations

import base64
import binascii

from sorgente.shared.errors import SorgenteError

_SEQUENCE, _OID, _CONTEXT_0, _OCTETS, _OCTETS_IN_PIECES = 0x30, 0x06, 0xA0, 0x04, 0x24
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")


class SignedEnvelopeBroken(SorgenteError):
    """SdI control 00102."""

    code = "billing.einvoice.signed-envelope-broken"


class _Broken(Exception):
    pass


def invoice_inside(data: bytes, *, subject: str) -> bytes:
    """Return the XML: the bytes themselves, or what the signed envelope holds; raises SignedEnvelopeBroken."""
    stripped = data.lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if stripped[:1] == b"<" or stripped[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data
    if stripped[:1] != b"\x30" or not _looks_binary(stripped):
        decoded = _from_base64(stripped)
        if decoded is None:
            return data
        stripped = decoded
    try:
        return _content(stripped)
    except (_Broken, IndexError, RecursionError) as error:
        raise SignedEnvelopeBroken(
            subject, f"The signed envelope cannot be opened: {error}.", "Ask the sender for the file again."
        ) from None


def _looks_binary(data: bytes) -> bool:
    return any(byte > 0x7E or byte < 0x09 for byte in data[:32])


def _from_base64(data: bytes) -> bytes | None:
    body = b"".join(line for line in data.split() if not line.startswith(b"-----") and b"-----" not in line)
    try:
        decoded = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded[:1] == b"\x30" else None


def _read(data: bytes, at: int, end: int) -> tuple[int, int, int, int]:
    """Return (tag, start of the value, end of the value, start of what follows); BER's open lengths included."""
    if at + 2 > end:
        raise _Broken("it is cut short")
    tag, length, start = data[at], data[at + 1], at + 2
    if length == 0x80:
        inner = start
        while data[inner : inner + 2] != b"\0\0":
            inner = _read(data, inner, end)[3]
        return tag, start, inner, inner + 2
    if length > 0x80:
        count = length - 0x80
        if count > 4:
            raise _Broken("a length is not credible")
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + length > end:
        raise _Broken("it is cut short")
    return tag, start, start + length, start + length


def _expect(data: bytes, at: int, end: int, tag: int, what: str) -> tuple[int, int, int]:
    found, start, stop, after = _read(data, at, end)
    if found != tag:
        raise _Broken(f"{what} is missing")
    return start, stop, after


def _content(data: bytes) -> bytes:
    start, stop, _ = _expect(data, 0, len(data), _SEQUENCE, "the outer sequence")
    oid_start, oid_stop, at = _expect(data, start, stop, _OID, "the content type")
    if data[oid_start:oid_stop] != _SIGNED_DATA:
        raise _Broken("it is not signed data")
    start, stop, _ = _expect(data, at, stop, _CONTEXT_0, "the signed data")
    start, stop, _ = _expect(data, start, stop, _SEQUENCE, "the signed data")
    for _ in range(2):  # version, digest algorithms
        start = _read(data, start, stop)[3]
    start, stop, _ = _expect(data, start, stop, _SEQUENCE, "the signed content")
    _, _, at = _expect(data, start, stop, _OID, "the signed content's type")
    start, stop, _ = _expect(data, at, stop, _CONTEXT_0, "the invoice")
    return _octets(data, start, stop)


def _octets(data: bytes, at: int, end: int) -> bytes:
    tag, start, stop, _ = _read(data, at, end)
    if tag == _OCTETS:
        return data[start:stop]
    if tag != _OCTETS_IN_PIECES:
        raise _Broken("the invoice is missing")
    pieces = []
    while start < stop:
        pieces.append(_octets(data, start, stop))
        start = _read(data, start, stop)[3]
    return b"".join(pieces)
