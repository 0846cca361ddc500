"""Ca as columns, for estimates."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from django.db import connection

from sorgente.shared.columns import read_arrow

_SQL = """
SELECT point.id AS service_point_id, a.quantity_milli AS ca_milli, a.year, a.basis
  FROM unnest(%(ids)s::int8[]) WITH ORDINALITY AS point (id, place)
  LEFT JOIN LATERAL (
       SELECT quantity_milli, year, basis FROM metering_annualconsumption
        WHERE service_point_id = point.id AND year <= %(year)s ORDER BY year DESC LIMIT 1) a ON true
 ORDER BY point.place
"""


def annual_consumption_columns(*, service_point_ids: np.ndarray, on: date) -> pa.Table:
    """Return the Ca in force for the estimates of a day, one row per point, in the order given.

    returns  service_point_id, ca_milli int64 (thousandths a year), year int16 it was computed for, basis
             ("reads" or "class"); null where nothing was ever computed for the point
    """
    ids = np.ascontiguousarray(service_point_ids, dtype=np.int64)
    return read_arrow(connection, _SQL, {"ids": ids, "year": on.year})
