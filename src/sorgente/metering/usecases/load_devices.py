"""Install thousands of meters with COPY: a migration from another system, the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection, transaction

from sorgente.metering.usecases.devices import NewMeter
from sorgente.shared.columns import DateRanges, copy_columns
from sorgente.shared.id_blocks import take_ids


@dataclass(frozen=True, slots=True)
class NewInstallation:
    """A meter never seen before, at a service point that has none."""

    meter: NewMeter
    service_point_id: int
    installed_on: date
    index_milli: int


@transaction.atomic
def load_devices(installations: Sequence[NewInstallation], *, recorded_at: datetime) -> npt.NDArray[np.int64]:
    """Write meters, registers, installations and their first reads; return the registers, in the order given.

    raises  IntegrityError of the database when a serial or a place is taken: nothing is written then
    """
    count = len(installations)
    if count == 0:
        return np.empty(0, np.int64)
    meters = [one.meter for one in installations]
    days = pa.array([one.installed_on for one in installations], pa.date32())
    index = np.array([one.index_milli for one in installations], dtype=np.int64)
    points = np.array([one.service_point_id for one in installations], dtype=np.int64)
    with connection.cursor() as cursor:
        device = take_ids(cursor, "metering_device", count)
        register = take_ids(cursor, "metering_register", count)
        texts = ("serial", "manufacturer", "model", "medium", "radio_id")
        copy_columns(
            cursor,
            "metering_device",
            {
                "id": device,
                **{name: pa.array([getattr(meter, name) for meter in meters], pa.string()) for name in texts},
                "diameter_mm": np.array([meter.diameter_mm for meter in meters], dtype=np.int16),
                "made_in_year": pa.array([meter.made_in_year for meter in meters], pa.int16()),
            },
        )
        copy_columns(
            cursor,
            "metering_register",
            {
                "id": register,
                "device_id": device,
                "name": pa.repeat("total", count),
                "digits": np.array([meter.digits for meter in meters], dtype=np.int16),
            },
        )
        copy_columns(
            cursor,
            "metering_installation",
            {
                "register_id": register,
                "service_point_id": points,
                "installed": DateRanges(days, pa.nulls(count, pa.date32())),
                "first_index_milli": index,
            },
        )
        copy_columns(
            cursor,
            "metering_read",
            {
                "register_id": register,
                "read_on": days,
                "index_milli": index,
                "running_milli": index,
                "kind": pa.repeat("install", count),
                "state": pa.repeat("accepted", count),
                "reason": pa.repeat("", count),
                "received_at": pa.repeat(pa.scalar(recorded_at, pa.timestamp("us", "UTC")), count),
            },
        )
    return register
