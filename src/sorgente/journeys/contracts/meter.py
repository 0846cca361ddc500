"""The meter of a request: what may be read on the day, and the read itself once the request is carried out."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.metering.queries.point_meters import PointMeter, meters_at
from sorgente.metering.queries.registers import register_at
from sorgente.metering.usecases.accept_read import accept_read
from sorgente.metering.usecases.devices import NewMeter, install_device, remove_device
from sorgente.metering.usecases.held_reads import release_read
from sorgente.shared.errors import SorgenteError


class MeterMissing(SorgenteError):
    code = "journeys.contracts.meter-missing"


class ReadDoubtful(SorgenteError):
    code = "journeys.contracts.read-doubtful"


class _OnlyTried(Exception):
    """Ends a trial: what it wrote is undone."""


def meter_there(point_id: int | None) -> PointMeter | None:
    """Return the meter in place at a point now, None when there is none."""
    if point_id is None:
        return None
    return next((one for one in meters_at([point_id], latest=1) if one.removed_on is None), None)


def check_read(
    *,
    point_id: int | None,
    serial: str,
    digits: int,
    diameter_mm: int,
    read_on: date,
    index_milli: int,
    kind: str,
    confirmed: bool,
    was_shut: bool,
    at: datetime,
) -> None:
    """Try the read as it would be recorded, and leave nothing; raises what recording it would, or ReadDoubtful.

    was_shut  the meter stood shut since the latest read: that little ran through it is no doubt
    """
    if point_id is None:
        return  # a point to be made: there is nothing to compare with
    try:
        with transaction.atomic():
            doubt = begin_supply_read(
                point_id=point_id, serial=serial, digits=digits, diameter_mm=diameter_mm, read_on=read_on,
                index_milli=index_milli, kind=kind, confirmed_by="" if not confirmed else "trial", at=at,
            )  # fmt: skip
            raise _OnlyTried
    except _OnlyTried:
        if doubt and not (was_shut and doubt.startswith(("low", "no-use"))):
            raise ReadDoubtful(
                f"Read of {read_on}",
                f"{index_milli / 1000:g} m3 would be held: {doubt.rstrip('.')}.",
                "Look at the meter or its photo again, then confirm it.",
            ) from None


def begin_supply_read(
    *,
    point_id: int,
    serial: str,
    digits: int,
    diameter_mm: int,
    read_on: date,
    index_milli: int,
    kind: str,
    confirmed_by: str,
    at: datetime,
) -> str:
    """Record the read that ends one supply and begins another, or put in place the meter that begins it.

    returns  why metering holds the read, "" when it counts; one that somebody confirmed is released
    raises   MeterMissing, and what accept_read and install_device raise
    """
    there = meter_there(point_id)
    if there is not None:
        return _read(point_id, there.serial, read_on, index_milli, kind, confirmed_by, at)
    if not serial.strip():
        raise MeterMissing(
            f"Service point {point_id}", "No meter is in place there.", "Give the serial of the meter to be put there."
        )
    meter = NewMeter(serial.strip().upper(), digits=digits, diameter_mm=diameter_mm)
    install_device(
        meter=meter, service_point_id=point_id, installed_on=read_on, index_milli=index_milli, recorded_at=at
    )
    return ""


def end_supply_read(
    *, point_id: int, read_on: date, index_milli: int, kind: str, removes: bool, confirmed_by: str, at: datetime
) -> None:
    """Record the final read of a supply, and take the meter away when it goes; raises as accept_read."""
    there = meter_there(point_id)
    if there is None:
        raise MeterMissing(f"Service point {point_id}", "No meter is in place there.", "Check the point.")
    if removes:
        remove_device(serial=there.serial, removed_on=read_on, index_milli=index_milli, recorded_at=at)
        return
    _read(point_id, there.serial, read_on, index_milli, kind, confirmed_by, at)


def _read(
    point_id: int, serial: str, read_on: date, index_milli: int, kind: str, confirmed_by: str, at: datetime
) -> str:
    register_id = register_at(point_id)
    assert register_id is not None, "the meter was there a moment ago"
    done = accept_read(register_id=register_id, index_milli=index_milli, read_on=read_on, received_at=at, kind=kind)
    if done.state != "held" or not confirmed_by:
        return done.reason if done.state == "held" else ""
    release_read(
        read_id=done.read_id, released_by=confirmed_by, released_at=at,
        reason=f"Confermata sul contatore {serial} per una richiesta di contratto",
    )  # fmt: skip
    return ""
