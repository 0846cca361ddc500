"""Columns in and out of PostgreSQL on the caller's own connection, so inside its transaction.

    table = read_arrow(connection, "SELECT id, read_on FROM … WHERE id = ANY(%(ids)s)", {"ids": ids})
    copy_columns(cursor, "metering_read", {"register_id": ids, "read_on": days, "reason": pa.array([...])})

What PostgreSQL calls     comes out as Arrow            goes in as
int2, int4, int8, oid     int16, int32, int64, int64    any whole numbers that fit
bool, float8              bool, float64                 bool, float
date                      date32                        datetime64[D], date32, objects
timestamptz, timestamp    timestamp[us, UTC], [us]      datetime64[us] (UTC), timestamp, objects
text, varchar, json(b)    string                        strings
bytea                     binary                        bytes
daterange                 struct<lower, upper: date32>  DateRanges(lower, upper); a null upper is open
"""

from sorgente.shared.columns.reading import read_arrow
from sorgente.shared.columns.wire import DateRanges
from sorgente.shared.columns.writing import column_types, copy_columns

__all__ = ["DateRanges", "column_types", "copy_columns", "read_arrow"]
