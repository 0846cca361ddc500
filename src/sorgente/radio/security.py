"""AES-128 as OMS uses it: mode 5, mode 7 with its derived keys and MAC, and the counter mode of the ELL.

Setting up a cipher costs twenty times more than a block, so each key keeps one block encryptor and one block
decryptor, and chaining is done here: CBC is the decrypted block combined with the block before, CTR is
the encrypted counter combined with the text, CMAC of a single block is one encryption.

source  EN 13757-7, OMS volume 2 annexes; NIST SP 800-38A and 800-38B
"""

from __future__ import annotations

from collections.abc import Callable
from hmac import compare_digest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    _Ecb = Cipher[modes.ECB]

BLOCK = 16
_ZERO = bytes(BLOCK)
_MOST_KEYS_KEPT = 50_000


def _ecb(key: bytes) -> _Ecb:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # late: plain telegrams need none

    return Cipher(algorithms.AES(key), modes.ECB())  # single blocks; the caller chains them


def _combine(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(len(left), "big")


def _doubled(block: int) -> int:
    block <<= 1
    return (block ^ 0x87) & ((1 << 128) - 1) if block >> 128 else block


class Key:
    """One AES-128 key and what has been set up for it. Not for use by two threads at once."""

    __slots__ = ("_cipher", "_decrypt", "_encrypt", "_subkeys")

    def __init__(self, key: bytes) -> None:
        self._cipher = _ecb(key)
        self._encrypt: Callable[[bytes], bytes] | None = None
        self._decrypt: Callable[[bytes], bytes] | None = None
        self._subkeys: tuple[int, int] | None = None

    def _blocks_out(self, data: bytes) -> bytes:
        if self._encrypt is None:
            self._encrypt = self._cipher.encryptor().update
        return self._encrypt(data)

    def decrypt_cbc(self, data: bytes, vector: bytes) -> bytes:
        """Return the plain text of whole blocks; `vector` has 16 bytes."""
        if self._decrypt is None:
            self._decrypt = self._cipher.decryptor().update
        return _combine(self._decrypt(data), (vector + data)[: len(data)])

    def counter(self, data: bytes, start: bytes) -> bytes:
        """Return the data combined with the key stream whose first counter block is `start` (last byte counts)."""
        head, first = start[:15], start[15]
        count = (len(data) + BLOCK - 1) // BLOCK
        stream = self._blocks_out(b"".join(head + bytes(((first + block) & 0xFF,)) for block in range(count)))
        return _combine(data, stream[: len(data)])

    def cmac(self, message: bytes) -> bytes:
        """Return the 16-byte CMAC of a message."""
        if self._subkeys is None:
            first = _doubled(int.from_bytes(self._blocks_out(_ZERO), "big"))
            self._subkeys = first, _doubled(first)
        whole, padded = self._subkeys
        rest = len(message) % BLOCK
        if message and not rest:
            message, subkey = message, whole
        else:
            message, subkey = message + b"\x80" + bytes(BLOCK - 1 - rest), padded
        state = 0
        last = len(message) - BLOCK
        for at in range(0, last, BLOCK):
            block = state ^ int.from_bytes(message[at : at + BLOCK], "big")
            state = int.from_bytes(self._blocks_out(block.to_bytes(BLOCK, "big")), "big")
        block = state ^ subkey ^ int.from_bytes(message[last:], "big")
        return self._blocks_out(block.to_bytes(BLOCK, "big"))


class KeyRing:
    """The keys in use, each set up once."""

    def __init__(self) -> None:
        self._keys: dict[bytes, Key] = {}

    def get(self, key: bytes) -> Key:
        """Return the key, set up."""
        found = self._keys.get(key)
        if found is None:
            if len(self._keys) >= _MOST_KEYS_KEPT:
                self._keys.clear()
            found = self._keys[key] = Key(key)
        return found


def derived(key: Key, purpose: int, counter: bytes, meter_number: bytes) -> bytes:
    """Return the key of one message (mode 7): purpose 0 encrypts, 1 authenticates; the counter is little-endian."""
    return key.cmac(bytes((purpose,)) + counter + meter_number + b"\x07" * 7)


def mac_fits(key: bytes, message: bytes, mac: bytes) -> bool:
    """Return whether the (truncated) CMAC of the message is the given one."""
    return len(mac) >= 2 and compare_digest(Key(key).cmac(message)[: len(mac)], mac)
