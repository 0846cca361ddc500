"""Identifiers in blocks, for rows that are written as columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sorgente.shared.columns import read_arrow


def take_ids(cursor: Any, table: str, count: int) -> npt.NDArray[np.int64]:
    """Return `count` new values of the sequence behind `table.id`: unique and ascending, gaps possible."""
    taken = read_arrow(
        cursor.connection,  # the psycopg connection, behind Django's cursor too
        "SELECT nextval(s.name) AS id FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name) s,"
        " generate_series(1, %s)",
        [f'"{table}"', count],
    )
    ids: npt.NDArray[np.int64] = taken["id"].to_numpy()
    return ids
