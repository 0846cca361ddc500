"""The headline totals: the one register of volume and of energy that a bill may rest on, or nothing.

The register is the plain instantaneous record: storage 0, tariff 0, subunit 0. A record restricted to forward flow or
to base conditions stands in where there is no plain one. Meters that send further volumes without saying what they
are of put the index first, and a part is never more than the whole: where a later record is larger
than the first by more than the first one's step, nobody can say which is the index and none is given.
"""

from __future__ import annotations

from decimal import Decimal

from sorgente.radio.answer import Record
from sorgente.radio.fields import ENERGY_MJ, VOLUME, Field
from sorgente.shared.money import divide_half_up

_KWH = (1000, 1)
_MJ = (2500, 9)  # 1 MJ = 1,000,000 / 3600 Wh


def _whole(value: Decimal, scale: tuple[int, int]) -> int:
    numerator, denominator = value.as_integer_ratio()
    return divide_half_up(numerator * scale[0], denominator * scale[1])


def _index(found: list[tuple[Field, Decimal, int]]) -> int | None:
    if not found:
        return None
    if len(found) == 1:
        return found[0][2]
    lowest = min(field.rank for field, _, _ in found)
    best = [(field, value, total) for field, value, total in found if field.rank == lowest]
    field, first, total = best[0]
    step = Decimal(1) if field.factor is None else field.factor
    if any(other.unit == field.unit and value >= first + step for other, value, _ in best[1:]):
        return None
    return total


def headline(candidates: tuple[tuple[Field, Decimal], ...]) -> tuple[int | None, int | None]:
    """Return (litres, watt-hours), each None unless certain. Half a unit rounds away from zero."""
    volumes: list[tuple[Field, Decimal, int]] = []
    energies: list[tuple[Field, Decimal, int]] = []
    for field, value in candidates:
        if field.role == VOLUME:
            volumes.append((field, value, _whole(value, _KWH)))
        else:
            energies.append((field, value, _whole(value, _MJ if field.role == ENERGY_MJ else _KWH)))
    return _index(volumes), _index(energies)


def fixed_headline(records: tuple[Record, ...]) -> tuple[int | None, int | None]:
    """Return (litres, watt-hours) of the two counters of a fixed body, None where there is no such counter of now."""
    litres = watt_hours = None
    for record in records:
        value = record.value
        if record.storage or not isinstance(value, Decimal):
            continue
        if record.quantity == "volume":
            litres = _whole(value, _KWH) if litres is None else litres
        elif record.quantity == "energy":
            watt_hours = _whole(value, _KWH if record.unit == "kWh" else _MJ) if watt_hours is None else watt_hours
    return litres, watt_hours
