"""Meters come, are replaced, and go. Each step leaves the reads that tell the consumption apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from sorgente.metering.core.consumption import turn_milli
from sorgente.metering.core.errors import UnknownMeter
from sorgente.metering.core.reasons import number
from sorgente.metering.models import Device, Installation, Read, Register
from sorgente.metering.usecases.accept_read import accept_read
from sorgente.shared.errors import SorgenteError


class MeterAlreadyInstalled(SorgenteError):
    code = "metering.meter.already-installed"


class ServicePointHasMeter(SorgenteError):
    code = "metering.service-point.has-meter"


class MeterNotInstalled(SorgenteError):
    code = "metering.meter.not-installed"


class MeterDiffers(SorgenteError):
    code = "metering.meter.differs"


class FirstIndexTooLong(SorgenteError):
    code = "metering.meter.first-index-too-long"


@dataclass(frozen=True, slots=True)
class NewMeter:
    """A meter as its label tells it."""

    serial: str
    manufacturer: str = ""
    model: str = ""
    medium: str = "water"
    diameter_mm: int = 15
    made_in_year: int | None = None
    radio_id: str = ""
    digits: int = 5


def install_device(
    *, meter: NewMeter, service_point_id: int, installed_on: date, index_milli: int, recorded_at: datetime
) -> int:
    """Put a meter at a service point, with the read it starts from; return its register.

    meter   a new one, or one from the store: then what is known of it must agree
    raises  MeterAlreadyInstalled, ServicePointHasMeter, MeterDiffers, FirstIndexTooLong
    """
    with transaction.atomic():
        register = _registered(meter)
        _refuse_if_busy(register, service_point_id, installed_on)
        if not 0 <= index_milli < turn_milli(register.digits):
            raise FirstIndexTooLong(
                f"Meter {meter.serial}",
                f"{number(index_milli)} m3 does not fit {register.digits} digits.",
                "Copy the digits again.",
            )
        Installation.objects.create(
            register=register,
            service_point_id=service_point_id,
            installed=DateRange(installed_on, None),
            first_index_milli=index_milli,
        )
        # Not judged against the past: the index of a meter that comes from elsewhere starts anew here. The running
        # index of a register still never goes back: a meter set to zero in the workshop counts as a turn.
        latest = register.reads.filter(state=Read.State.ACCEPTED, read_on__lt=installed_on).order_by("-read_on").first()
        turns = 0
        if latest is not None:
            turns = -((index_milli - latest.running_milli) // turn_milli(register.digits))
            turns = max(turns, 0)
        Read.objects.create(
            register=register,
            read_on=installed_on,
            index_milli=index_milli,
            running_milli=index_milli + turns * turn_milli(register.digits),
            kind=Read.Kind.INSTALL,
            received_at=recorded_at,
        )
    return int(register.pk)


def remove_device(
    *, serial: str, removed_on: date, index_milli: int, recorded_at: datetime, rollover: bool = False
) -> int:
    """Take a meter away with its final read; return the service point it leaves.

    removed_on  the first day without it; its final read carries this day
    raises      UnknownMeter, MeterNotInstalled, and what accept_read raises
    """
    with transaction.atomic():
        installation = _current(serial)
        lower = installation.installed.lower
        if removed_on <= lower:
            raise MeterNotInstalled(
                f"Meter {serial}", f"It was installed on {lower}.", f"Give a day after {lower} for the removal."
            )
        # An estimate or a self-read of the day gives way; a reader's or radio read of it is the final read.
        accept_read(
            register_id=installation.register_id,
            index_milli=index_milli,
            read_on=removed_on,
            received_at=recorded_at,
            kind=Read.Kind.REMOVE,
            rollover=rollover,
        )
        installation.installed = DateRange(lower, removed_on)
        installation.final_index_milli = index_milli
        installation.save(update_fields=["installed", "final_index_milli"])
    return int(installation.service_point_id)


def replace_device(
    *,
    old_serial: str,
    new_meter: NewMeter,
    replaced_on: date,
    final_index_milli: int,
    first_index_milli: int,
    recorded_at: datetime,
    rollover: bool = False,
) -> int:
    """Replace a meter: final read of the old one and first read of the new one on the same day.

    returns  the new register
    raises   what remove_device and install_device raise; then nothing is changed
    """
    with transaction.atomic():
        service_point_id = remove_device(
            serial=old_serial,
            removed_on=replaced_on,
            index_milli=final_index_milli,
            recorded_at=recorded_at,
            rollover=rollover,
        )
        return install_device(
            meter=new_meter,
            service_point_id=service_point_id,
            installed_on=replaced_on,
            index_milli=first_index_milli,
            recorded_at=recorded_at,
        )


def _registered(meter: NewMeter) -> Register:
    described = {
        "manufacturer": meter.manufacturer,
        "model": meter.model,
        "medium": meter.medium,
        "diameter_mm": meter.diameter_mm,
        "made_in_year": meter.made_in_year,
        "radio_id": meter.radio_id,
    }
    device, made = Device.objects.get_or_create(serial=meter.serial, defaults=described)
    register, _ = Register.objects.get_or_create(device=device, name="total", defaults={"digits": meter.digits})
    known = {name: getattr(device, name) for name in described} | {"digits": register.digits}
    for name, value in (described | {"digits": meter.digits}).items():
        if not made and value not in ("", None) and known[name] != value:
            raise MeterDiffers(
                f"Meter {meter.serial}",
                f"Its {name} is {known[name]} in the register of meters, {value} here.",
                "Check the serial; correct the register of meters if it is wrong.",
            )
    return register


def _refuse_if_busy(register: Register, service_point_id: int, installed_on: date) -> None:
    # The day a meter leaves still carries its final read: it may start elsewhere the day after.
    elsewhere = register.installations.filter(installed__endswith__isnull=True).first() or (
        register.installations.filter(installed__endswith__gte=installed_on).first()
    )
    if elsewhere is not None:
        until = elsewhere.installed.upper
        raise MeterAlreadyInstalled(
            f"Meter {register.device.serial}",
            f"It is at service point {elsewhere.service_point} {f'until {until}' if until else 'now'}.",
            "Record its removal there first; it can be installed again from the following day.",
        )
    there = Installation.objects.filter(
        service_point_id=service_point_id, installed__overlap=DateRange(installed_on, None)
    ).first()
    if there is not None:
        raise ServicePointHasMeter(
            f"Service point {there.service_point}",
            f"Meter {there.register.device.serial} is installed there since {there.installed.lower}.",
            "Record a replacement instead.",
        )


def _current(serial: str) -> Installation:
    device = Device.objects.filter(serial=serial).first()
    if device is None:
        raise UnknownMeter(f"Meter {serial}", "There is none with this serial.", "Search it by a part of the serial.")
    found = (
        Installation.objects.select_for_update()
        .filter(register__device=device, installed__endswith__isnull=True)
        .order_by("id")
        .first()
    )
    if found is None:
        raise MeterNotInstalled(f"Meter {serial}", "It is installed nowhere.", "Check the serial.")
    return found
