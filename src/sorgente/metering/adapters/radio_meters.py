"""The meters that radio can hear: their register, their key. Keys are decrypted one by one, on demand."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings

from sorgente.metering.models import Register
from sorgente.radio import Address
from sorgente.shared.secrets import decrypt


class RadioMeter(NamedTuple):
    register_id: int
    serial: str
    manufacturer: str
    medium: str
    key: bytes | None


class RadioMeters:
    """Looks meters up by radio address and remembers them, also those that are not ours."""

    def __init__(self) -> None:
        self._known: dict[str, list[RadioMeter]] = {}

    def find(self, radio_id: str, manufacturer: str) -> RadioMeter | None:
        """Return our meter with that address; where two makers share a number, the maker decides."""
        if radio_id not in self._known:
            self._known[radio_id] = _load(radio_id)
        found = self._known[radio_id]
        named = [meter for meter in found if not meter.manufacturer or meter.manufacturer == manufacturer]
        return named[0] if len(named) == 1 else None

    def key_of(self, address: Address) -> bytes | None:
        """Return the meter's key, None when it is not ours or has none; the decoder asks for it."""
        meter = self.find(address.meter_id, address.manufacturer)
        return None if meter is None else meter.key


def _load(radio_id: str) -> list[RadioMeter]:
    if not radio_id:
        return []
    rows = Register.objects.filter(device__radio_id=radio_id, name="total").select_related("device")
    return [
        RadioMeter(
            row.pk,
            row.device.serial,
            row.device.manufacturer.upper(),
            row.device.medium,
            None
            if row.device.radio_key is None
            else bytes.fromhex(decrypt(row.device.radio_key, key=settings.FIELD_KEY)),
        )
        for row in rows
    ]
