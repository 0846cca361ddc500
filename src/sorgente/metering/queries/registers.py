"""Registers as columns, for papers that name the meter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from django.db import connection

from sorgente.shared.columns import read_arrow


def registers_table(register_ids: np.ndarray) -> pa.Table:
    """Return register_id int64, serial string, digits int16, by_radio bool of these registers, by id."""
    return read_arrow(
        connection,
        "SELECT r.id AS register_id, d.serial, r.digits, d.radio_id <> '' AS by_radio FROM metering_register r"
        " JOIN metering_device d ON d.id = r.device_id WHERE r.id = ANY(%(ids)s) ORDER BY r.id",
        {"ids": np.ascontiguousarray(register_ids, dtype=np.int64)},
    )
