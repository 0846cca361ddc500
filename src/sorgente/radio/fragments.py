"""Fragments (AFL): a message too long for one telegram comes in numbered parts and is read when all are there."""

from __future__ import annotations

from sorgente.radio.layers import Afl
from sorgente.radio.telegram import Stop, Telegram

_MOST_WAITING = 1_000


class Fragments:
    """The parts that wait for the rest of their message, by sender; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, list[Afl]] = {}

    def join(self, telegram: Telegram, afl: Afl) -> bytes:
        """Return the payload of a message; raises Stop while fragments of it are still to come."""
        if afl.fragment <= 1 and not afl.more:
            telegram.afl = afl
            return afl.payload
        sender = telegram.frame.secondary
        parts = self._waiting.pop(sender, [])
        if afl.fragment <= 1:
            parts = []
        elif parts and parts[-1].fragment == afl.fragment:
            parts.pop()  # the same fragment heard twice
        if (parts[-1].fragment if parts else 0) + 1 != max(afl.fragment, 1):
            raise Stop("malformed", f"Part {afl.fragment} of a message came without the parts before it. Wait for all.")
        parts.append(afl)
        if afl.more:
            if len(self._waiting) >= _MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
            self._waiting[sender] = parts
            raise Stop("decoded", f"Part {max(afl.fragment, 1)} of a message; the rest is still to come.")

        def sent(pieces: list[bytes]) -> bytes:
            return next((piece for piece in pieces if piece), b"")

        telegram.afl = Afl(
            0, False, sent([p.control for p in parts]), sent([p.counter for p in parts]), sent([p.mac for p in parts]),
            sent([p.length for p in parts]), b"".join(p.payload for p in parts),
        )  # fmt: skip
        return telegram.afl.payload
