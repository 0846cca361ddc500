"""Registers as columns, for papers that name the meter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from django.db import connection

from sorgente.metering.models import Installation
from sorgente.shared.columns import read_arrow


@dataclass(frozen=True, slots=True)
class InstalledRegister:
    """A register where it stands on a day; `digits` whole units are shown before it starts again."""

    register_id: int
    service_point_id: int
    serial: str
    digits: int


def installed_registers(service_point_ids: Iterable[int], *, on: date) -> list[InstalledRegister]:
    """Return the registers installed at the service points on a day, by serial."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, i.service_point_id, d.serial, r.digits FROM metering_installation i"
            " JOIN metering_register r ON r.id = i.register_id JOIN metering_device d ON d.id = r.device_id"
            " WHERE i.service_point_id = ANY(%s) AND i.installed @> %s ORDER BY d.serial, r.id",
            [list(service_point_ids), on],
        )
        return [InstalledRegister(*row) for row in cursor.fetchall()]


def registers_table(register_ids: np.ndarray) -> pa.Table:
    """Return register_id int64, serial string, digits int16, by_radio bool of these registers, by id."""
    return read_arrow(
        connection,
        "SELECT r.id AS register_id, d.serial, r.digits, d.radio_id <> '' AS by_radio FROM metering_register r"
        " JOIN metering_device d ON d.id = r.device_id WHERE r.id = ANY(%(ids)s) ORDER BY r.id",
        {"ids": np.ascontiguousarray(register_ids, dtype=np.int64)},
    )


def register_at(service_point_id: int) -> int | None:
    """Return the register in place at a service point now, None where there is no meter."""
    found = Installation.objects.filter(service_point_id=service_point_id, installed__endswith__isnull=True)
    return found.order_by("id").values_list("register_id", flat=True).first()
