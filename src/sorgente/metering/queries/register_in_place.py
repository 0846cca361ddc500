"""The register at a service point on a day: what a self-reading is a reading of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sorgente.metering.models import Installation


@dataclass(frozen=True, slots=True)
class RegisterInPlace:
    register_id: int
    serial: str
    digits: int
    by_radio: bool
    installed_on: date


def register_in_place(service_point_id: int, *, on: date) -> RegisterInPlace | None:
    """Return the register installed at the point on a day, None where there is none."""
    row = (
        Installation.objects.filter(service_point_id=service_point_id, installed__contains=on)
        .select_related("register__device")
        .first()
    )
    if row is None:
        return None
    register, device = row.register, row.register.device
    return RegisterInPlace(register.pk, device.serial, register.digits, bool(device.radio_id), row.installed.lower)
