"""What stands between the link layer and the records: extended link layer, fragments, transport header.

ELL  8C CC ACC | 8D CC ACC SN(4) CRC(2) | 8E CC ACC M(2) A(6) | 8F CC ACC M(2) A(6) SN(4) CRC(2)
AFL  90 LEN FCL(2) [MCL] [KI(2)] [MCR(4)] [MAC] [ML(2)]
TPL  72 ID(4) M(2) V T ACC ST CF(2) [CFE] | 7A ACC ST CF(2) [CFE] | 78 nothing; CFE in modes 7 and 13
"""

from __future__ import annotations

from typing import NamedTuple

_MAC_SIZES = {3: 2, 4: 4, 5: 8, 6: 12, 7: 16}  # authentication type -> bytes of CMAC kept (OMS volume 2)

# CI fields by the transport header that follows them: with an address, without one, none at all.
LONG = frozenset({0x72, 0x8B, 0x6B})
SHORT = frozenset({0x7A, 0x8A, 0x6A, 0x7B})
BARE = frozenset({0x78, 0x79, 0x69})


class BadLayer(Exception):
    """A header is cut or contradicts itself. Internal: the decoder turns it into an answer."""


class Ell(NamedTuple):
    control: int
    access: int
    session: bytes  # four bytes as sent, b"" without encryption
    checksum: int  # of the decrypted payload
    payload: bytes

    @property
    def method(self) -> int:
        """Return how the payload is encrypted: 0 not at all, 1 AES counter mode, others reserved."""
        return self.session[3] >> 5 if self.session else 0


class Afl(NamedTuple):
    fragment: int
    more: bool
    control: bytes  # MCL, one byte
    counter: bytes  # MCR, four bytes, little-endian
    mac: bytes
    length: bytes  # ML, two bytes
    payload: bytes


class Header(NamedTuple):
    """A transport header. `address` is the eight bytes as sent (number, maker, version, medium)."""

    address: bytes
    access: int
    status: int
    config: int
    raw: bytes  # from the CI field to the last header byte, as the MAC covers it
    body: bytes

    @property
    def mode(self) -> int:
        return self.config >> 8 & 31

    @property
    def blocks(self) -> int:
        return self.config >> 4 & 15


def read_ell(payload: bytes) -> Ell:
    """Read an extended link layer; raises BadLayer when it is cut."""
    ci = payload[0]
    at = 3
    session = b""
    checksum = 0
    if ci in (0x8E, 0x8F):
        at += 8  # the receiver's address, of no use here
    if ci in (0x8D, 0x8F):
        session = payload[at : at + 4]
        checksum = int.from_bytes(payload[at + 4 : at + 6], "little")
        at += 6
    if len(payload) <= at:
        raise BadLayer("The telegram ends inside the extended link layer.")
    return Ell(payload[1], payload[2], session, checksum, payload[at:])


def read_afl(payload: bytes) -> Afl:
    """Read an authentication and fragmentation layer; raises BadLayer."""
    length = payload[1] if len(payload) > 1 else 0
    end = 2 + length
    if length < 2 or len(payload) <= end:
        raise BadLayer("The telegram ends inside the authentication layer.")
    fields = int.from_bytes(payload[2:4], "little")
    at = 4
    control = counter = mac = size = b""
    if fields & 0x2000:
        control = payload[at : at + 1]
        at += 1
    if fields & 0x0200:
        at += 2
    if fields & 0x0800:
        counter = payload[at : at + 4]
        at += 4
    if fields & 0x0400:
        # Fragments after the first have no MCL: what the header has left over is then the MAC.
        rest = end - at - (2 if fields & 0x1000 else 0)
        mac_size = _MAC_SIZES.get(control[0] & 15, 0) if control else rest
        mac = payload[at : at + mac_size]
        at += mac_size
    if fields & 0x1000:
        size = payload[at : at + 2]
        at += 2
    if at != end:
        raise BadLayer("The authentication layer's length does not fit its fields.")
    return Afl(fields & 0xFF, bool(fields & 0x4000), control, counter, mac, size, payload[end:])


def read_header(payload: bytes) -> Header:
    """Read a transport header; raises BadLayer when it is cut."""
    ci = payload[0]
    at = 1
    address = b""
    if ci in LONG:
        address = payload[1:9]
        at = 9
    if ci in BARE:
        return Header(b"", -1, 0, 0, payload[:1], payload[1:])
    if len(payload) < at + 4:
        raise BadLayer("The telegram ends inside the transport header.")
    access, status = payload[at], payload[at + 1]
    config = payload[at + 2] | payload[at + 3] << 8
    at += 4
    if config >> 8 & 31 in (7, 13):
        if len(payload) <= at:
            raise BadLayer("The telegram ends inside the transport header.")
        at += 1
    return Header(address, access, status, config, payload[:at], payload[at:])
