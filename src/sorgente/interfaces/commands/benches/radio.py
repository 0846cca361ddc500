"""Telegrams decoded a second, one core: an encrypted mix such as a drive-by collects."""

from __future__ import annotations

from time import perf_counter

from sorgente.radio import Decoder
from sorgente.radio.encode import bcd_bytes, day_bytes, ell, instant_bytes, link_address, mode5, mode7

_METERS = 500
_BATCH = 1_000  # answers go out as they come, as in the command; kept, they would measure the memory instead
_UNIT = "telegrams/s"


def _key(meter: int) -> bytes:
    return (0x5EED0000 + meter).to_bytes(16, "big")


def telegrams(count: int) -> list[tuple[bytes, bytes]]:
    """Return telegrams with their keys: of ten, six in mode 5, two in mode 7, two in counter mode of the ELL."""
    out = []
    for index in range(count):
        meter = index % _METERS
        key = _key(meter)
        litres = 1000 * meter + index
        records = b"".join(
            (
                bytes.fromhex("0c13") + bcd_bytes(litres, 4),
                bytes.fromhex("046d") + instant_bytes(2026, 3, 1 + index % 28, index % 24, index % 60),
                bytes.fromhex("4c13") + bcd_bytes(litres // 2, 4),
                bytes.fromhex("426c") + day_bytes(2025, 12, 31),
                bytes.fromhex("0b3b") + bcd_bytes(index % 900, 3),
                bytes.fromhex("025a") + (185).to_bytes(2, "little"),
                bytes.fromhex("02fd17") + bytes(2),
                bytes.fromhex("04933c") + (index % 7).to_bytes(4, "little"),
            )
        )
        name = f"{10_000_000 + meter:08d}"
        address = link_address(manufacturer="SRG", meter_id=name, version=1, medium=7)
        kind = index % 10
        if kind < 6:
            out.append((mode5(address, records, key, access=index & 0xFF), key))
        elif kind < 8:
            out.append((mode7(address, records, key, counter=index, access=index & 0xFF)[0], key))
        else:
            out.append((ell(address, b"\x78" + records, key, access=index & 0xFF, session=index), key))
    return out


def measure(size: int) -> tuple[int, float, str]:
    """Decode `size` telegrams; returns how many were decoded right, the seconds and the unit."""
    made = telegrams(min(size, 20_000))
    decode = Decoder().decode
    done = 0
    seconds = 0.0
    while done < size:
        at = done % len(made)
        batch = made[at : at + min(_BATCH, size - done)]
        started = perf_counter()
        answers = [decode(telegram, key) for telegram, key in batch]
        seconds += perf_counter() - started
        if any(answer.total_milli is None for answer in answers):
            raise AssertionError("A telegram of the measurement did not give its total.")
        done += len(batch)
    return done, seconds, _UNIT
