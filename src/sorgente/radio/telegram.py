"""What is known of a telegram while its layers come off, and the way out when one of them stays shut."""

from __future__ import annotations

from collections.abc import Callable

from sorgente.radio import security
from sorgente.radio.answer import Address, Outcome
from sorgente.radio.layers import Afl, Ell
from sorgente.radio.link import Frame

FindKey = Callable[[Address], bytes | None]

_NO_KEY = "The telegram is encrypted and no key is known. Load the key of meter {}."
_BAD_KEY = "The key does not open the telegram. Check the key of meter {} in the maker's key file."
_KEY_SIZE = "The key has {} bytes and AES-128 needs 16. Check the key of meter {} in the maker's key file."


class Stop(Exception):
    """Reading ends here, with this answer."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome: Outcome = outcome
        self.message = message


class Telegram:
    """What is known of a telegram so far, so that an answer that ends early still says whose it was."""

    __slots__ = ("access", "address", "afl", "ell", "find_key", "frame", "notes", "security", "shortened", "status")

    def __init__(self, frame: Frame, find_key: FindKey) -> None:
        self.frame = frame
        self.find_key = find_key
        self.address = frame.address
        self.access: int | None = None
        self.status = 0
        self.ell: Ell | None = None
        self.afl: Afl | None = None
        self.security = "none"
        self.notes = f" {frame.missing} bytes of the frame are missing." if frame.missing else ""
        self.shortened = frame.missing > 0

    def key(self, *, needed: bool = True) -> bytes:
        """Return the meter's AES key, b"" when there is none and none is needed. Raises Stop."""
        assert self.address is not None
        key = self.find_key(self.address)
        if key is None:
            if needed:
                raise Stop("wrong_key", _NO_KEY.format(self.address.meter_id))
            return b""
        if len(key) != security.BLOCK:
            if needed:
                raise Stop("wrong_key", _KEY_SIZE.format(len(key), self.address.meter_id))
            return b""
        return key

    def wrong_key(self) -> Stop:
        assert self.address is not None
        return Stop("wrong_key", _BAD_KEY.format(self.address.meter_id))
