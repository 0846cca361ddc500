"""Install thousands of meters with COPY: a migration from another system, a roll-out, the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction

from sorgente.metering.usecases.devices import NewMeter
from sorgente.shared.columns import DateRanges, copy_columns
from sorgente.shared.id_blocks import take_ids
from sorgente.shared.secrets import encrypt


class PlacedMeter(NamedTuple):
    """A new meter with the place and the index it starts from; `radio_key` goes in encrypted."""

    meter: NewMeter
    service_point_id: int
    installed_on: date
    index_milli: int
    radio_key: bytes | None = None


@transaction.atomic
def load_meters(placed: Sequence[PlacedMeter], *, recorded_at: datetime) -> list[int]:
    """Write meters that are new, their installations and first reads; return their registers in order.

    raises  IntegrityError of the database when a serial is there already, or a point has a meter: nothing is
            written then
    """
    if not placed:
        return []
    count = len(placed)
    devices = take_ids(connection, "metering_device", count)
    registers = take_ids(connection, "metering_register", count)
    index = np.array([one.index_milli for one in placed], dtype=np.int64)
    start = np.array([one.installed_on for one in placed], dtype="datetime64[D]")
    keys = [None if one.radio_key is None else encrypt(one.radio_key.hex(), key=settings.FIELD_KEY) for one in placed]

    def same(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text), count)

    with connection.cursor() as cursor:
        copy_columns(
            cursor,
            "metering_device",
            {
                "id": devices,
                "serial": [one.meter.serial for one in placed],
                "manufacturer": [one.meter.manufacturer for one in placed],
                "model": [one.meter.model for one in placed],
                "medium": [one.meter.medium for one in placed],
                "diameter_mm": [one.meter.diameter_mm for one in placed],
                "made_in_year": pa.array([one.meter.made_in_year for one in placed], pa.int16()),
                "radio_id": [one.meter.radio_id for one in placed],
                "radio_key": pa.array(keys, pa.binary()),
            },
        )
        digits = [one.meter.digits for one in placed]
        copy_columns(
            cursor,
            "metering_register",
            {"id": registers, "device_id": devices, "name": same("total"), "digits": digits},
        )
        copy_columns(
            cursor,
            "metering_installation",
            {
                "register_id": registers,
                "service_point_id": [one.service_point_id for one in placed],
                "installed": DateRanges(start, pa.nulls(count, pa.date32())),
                "first_index_milli": index,
            },
        )
        copy_columns(
            cursor,
            "metering_read",
            {
                "register_id": registers,
                "read_on": start,
                "index_milli": index,
                "running_milli": index,
                "kind": same("install"),
                "state": same("accepted"),
                "reason": same(""),
                "received_at": [recorded_at] * count,
            },
        )
    return [int(one) for one in registers]
