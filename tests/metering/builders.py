"""Many service points with meters, made straight in the tables: for tests of the mass path and for the bench."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from django.db import connection

from sorgente.shared.columns import DateRanges, copy_columns, read_arrow


def make_metered_points(count: int, *, installed_on: date, digits: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Return (service point ids, register ids) of `count` new points, each with one meter since `installed_on`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_address (street, house_number, postal_code, municipality, province, istat_code,"
            " country) VALUES ('Via Prova', '1', '60027', 'Osimo', 'AN', '042034', 'IT') RETURNING id"
        )
        address = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(max(id), 0) FROM customers_servicepoint")
        points = np.arange(count, dtype=np.int64) + cursor.fetchone()[0] + 1
        copy_columns(
            cursor,
            "customers_servicepoint",
            {
                "id": points,
                "code": pa.array([f"11042034{point:08d}" for point in points.tolist()]),
                "commodity": ["water"] * count,
                "address_id": np.full(count, address),
                "access": ["accessible"] * count,
                "zone": [""] * count,
            },
        )
        cursor.execute("SELECT coalesce(max(id), 0) FROM metering_device")
        devices = np.arange(count, dtype=np.int64) + cursor.fetchone()[0] + 1
        copy_columns(
            cursor,
            "metering_device",
            {
                "id": devices,
                "serial": pa.array([f"M{device:07d}" for device in devices.tolist()]),
                "manufacturer": [""] * count,
                "model": [""] * count,
                "medium": ["water"] * count,
                "diameter_mm": np.full(count, 15),
                "radio_id": [""] * count,
            },
        )
        cursor.execute("SELECT coalesce(max(id), 0) FROM metering_register")
        registers = np.arange(count, dtype=np.int64) + cursor.fetchone()[0] + 1
        copy_columns(
            cursor,
            "metering_register",
            {"id": registers, "device_id": devices, "name": ["total"] * count, "digits": np.full(count, digits)},
        )
        copy_columns(
            cursor,
            "metering_installation",
            {
                "register_id": registers,
                "service_point_id": points,
                "installed": DateRanges([installed_on] * count, [None] * count),
                "first_index_milli": np.zeros(count, dtype=np.int64),
            },
        )
        for table in ("customers_servicepoint", "metering_device", "metering_register"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    return points, registers


def put_reads(
    register_ids: np.ndarray, read_on: date, index_milli: np.ndarray, *, kind: str = "reader", state: str = "accepted"
) -> None:
    """Put one read per register into the table, unchecked."""
    count = register_ids.size
    with connection.cursor() as cursor:
        copy_columns(
            cursor,
            "metering_read",
            {
                "register_id": register_ids,
                "read_on": np.full(count, np.datetime64(read_on, "D")),
                "index_milli": index_milli,
                "running_milli": index_milli,
                "kind": [kind] * count,
                "state": [state] * count,
                "reason": [""] * count,
                "received_at": np.full(count, np.datetime64(read_on, "us")),
            },
        )


def count_reads() -> int:
    return read_arrow(connection, "SELECT count(*) AS n FROM metering_read")["n"][0].as_py()
