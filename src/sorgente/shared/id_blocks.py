"""Identifiers in blocks, for rows that are written as columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def take_ids(cursor: Any, table: str, count: int) -> npt.NDArray[np.int64]:
    """Return `count` new values of the sequence behind `table.id`: unique and ascending, gaps possible."""
    cursor.execute(
        "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name) s,"
        " generate_series(1, %s)",
        [f'"{table}"', count],
    )
    return np.fromiter((row[0] for row in cursor.fetchall()), dtype=np.int64, count=count)
