"""The meters that radio can hear: their register, their key. Keys are decrypted one by one, when one is needed."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db import connection

from sorgente.radio import Address
from sorgente.shared.columns import read_arrow
from sorgente.shared.secrets import decrypt

# So many meters are asked for one by one; after them the whole fleet is fetched at once.
_ONE_BY_ONE = 50
_SQL = """
SELECT d.radio_id, r.id AS register_id, d.manufacturer, d.medium, d.radio_key
  FROM metering_device d JOIN metering_register r ON r.device_id = d.id AND r.name = 'total'
 WHERE d.radio_id <> ''
"""


class RadioMeter(NamedTuple):
    register_id: int
    manufacturer: str  # empty when the register of meters does not say
    medium: str
    sealed_key: bytes | None


class RadioMeters:
    """Looks meters up by radio address and remembers them, also those that are not ours."""

    def __init__(self) -> None:
        self._known: dict[str, list[RadioMeter]] = {}
        self._whole = False
        self._keys: dict[int, bytes] = {}

    def find(self, radio_id: str, manufacturer: str) -> RadioMeter | None:
        """Return our meter with that address; where two makers share a number, the maker decides."""
        if radio_id not in self._known and not self._whole:
            self._fetch(radio_id)
        found = self._known.get(radio_id, [])
        named = [meter for meter in found if not meter.manufacturer or meter.manufacturer == manufacturer]
        return named[0] if len(named) == 1 else None

    def key_of(self, address: Address) -> bytes | None:
        """Return the meter's key, None when it is not ours or has none; the decoder asks for it."""
        meter = self.find(address.meter_id, address.manufacturer)
        if meter is None or meter.sealed_key is None:
            return None
        if meter.register_id not in self._keys:
            self._keys[meter.register_id] = bytes.fromhex(decrypt(meter.sealed_key, key=settings.FIELD_KEY))
        return self._keys[meter.register_id]

    def _fetch(self, radio_id: str) -> None:
        self._whole = len(self._known) >= _ONE_BY_ONE
        if self._whole:
            self._known.clear()
            table = read_arrow(connection, _SQL)
        else:
            self._known[radio_id] = []
            table = read_arrow(connection, _SQL + " AND d.radio_id = %s", [radio_id])
        for address, register, manufacturer, medium, key in zip(*(column.to_pylist() for column in table), strict=True):
            self._known.setdefault(address, []).append(RadioMeter(register, manufacturer.upper(), medium, key))
