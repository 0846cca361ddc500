"""How the demonstration's meters are read: the car that hears the radio, the reader with his list."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date

from sorgente.journeys.demo.population import Customer
from sorgente.journeys.demo.water import Meters
from sorgente.radio.encode import bcd_bytes, instant_bytes, link_address, mode5

_WATER, _VERSION = 0x07, 0x1B
PROFILE = "valdoro_csv"
# A meter read by hand has its turn twice a year, at least 150 days apart (TIMSII art. 7).
ROUNDS = 6


def telegram_lines(customers: Sequence[Customer], positions: Sequence[int], meters: Meters, on: date) -> Iterator[str]:
    """Yield the telegrams a pass hears on a day, as hex lines; each is encrypted with its meter's own key."""
    for position in positions:
        one = customers[position]
        litres = int(meters.running_milli([position], on)[0]) % 10**8
        records = b"".join(
            (
                bytes.fromhex("0c13") + bcd_bytes(litres, 4),
                bytes.fromhex("046d") + instant_bytes(on.year, on.month, on.day, 5, 30),
                bytes.fromhex("02fd17") + bytes(2),
            )
        )
        address = link_address(manufacturer=one.manufacturer, meter_id=one.radio_id, version=_VERSION, medium=_WATER)
        yield mode5(address, records, bytes.fromhex(one.radio_key), access=on.toordinal() & 0xFF).hex()


def reader_file(
    customers: Sequence[Customer], positions: Sequence[int], meters: Meters, on: date, rnd: random.Random
) -> bytes:
    """Return the reader's file of a day in the utility's own layout, with the slips real days bring."""
    lines = ["MATRICOLA;DATA_LETTURA;LETTURA;ESITO"]
    shown = meters.shown_milli(positions, on) // 1000
    day = on.strftime("%d/%m/%Y")
    for position, index in zip(positions, shown.tolist(), strict=True):
        luck = rnd.random()
        serial = customers[position].serial
        if luck < 0.025:
            lines.append(f"{serial};{day};;{rnd.choice('NS')}")  # no access, nobody at home
        elif luck < 0.045:
            lines.append(f"{serial};{day};{index};A")  # card left at the door
        elif luck < 0.048:
            lines.append(f"{serial};{day};{index + rnd.choice((-1, 1)) * rnd.randrange(300, 900)};L")  # wrong digit
        else:
            lines.append(f"{serial};{day};{index};L")
    if positions and rnd.random() < 0.5:
        lines.append(f"X99{rnd.randrange(10**6):06d};{day};123;L")  # a meter nobody knows
    return ("\r\n".join(lines) + "\r\n").encode()


def by_hand(customers: Sequence[Customer], month: int) -> list[int]:
    """Return the positions whose round falls in a month of the year."""
    return [place for place, one in enumerate(customers) if not one.radio and one.index % ROUNDS == month % ROUNDS]


def by_radio(customers: Sequence[Customer]) -> list[int]:
    return [place for place, one in enumerate(customers) if one.radio]
