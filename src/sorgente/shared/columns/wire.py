"""How PostgreSQL's binary stream carries each type."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
ROWS_A_PIECE = 65_536
# PostgreSQL counts days and microseconds from 2000-01-01, Arrow and NumPy from 1970-01-01.
EPOCH_DAYS = 10_957
EPOCH_US = EPOCH_DAYS * 86_400 * 1_000_000

BOOL, BYTEA, INT8, INT2, INT4, TEXT, OID, JSON = 16, 17, 20, 21, 23, 25, 26, 114
FLOAT8, CHAR, VARCHAR, DATE, TIMESTAMP, TIMESTAMPTZ, JSONB, DATERANGE = 701, 1042, 1043, 1082, 1114, 1184, 3802, 3912
_NAME, _UNKNOWN = 19, 705

# type: (width in the stream, how NumPy reads it, Arrow type)
FIXED: dict[int, tuple[str, pa.DataType]] = {
    BOOL: ("u1", pa.bool_()),
    INT2: (">i2", pa.int16()),
    INT4: (">i4", pa.int32()),
    INT8: (">i8", pa.int64()),
    OID: (">u4", pa.int64()),
    FLOAT8: (">f8", pa.float64()),
    DATE: (">i4", pa.date32()),
    TIMESTAMP: (">i8", pa.timestamp("us")),
    TIMESTAMPTZ: (">i8", pa.timestamp("us", tz="UTC")),
}
SEND = {
    BOOL: "boolsend",
    INT2: "int2send",
    INT4: "int4send",
    INT8: "int8send",
    OID: "oidsend",
    FLOAT8: "float8send",
    DATE: "date_send",
    TIMESTAMP: "timestamp_send",
    TIMESTAMPTZ: "timestamptz_send",
}
TEXTS = {TEXT, VARCHAR, CHAR, JSON, JSONB, _NAME, _UNKNOWN}

Bytes = npt.NDArray[np.uint8]


class DateRanges(NamedTuple):
    """Half-open periods of days, one per row; a null `upper` means no end, a null `lower` no beginning."""

    lower: Any
    upper: Any


class Cursor(Protocol):
    def execute(self, query: Any, params: Any = None) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def copy(self, statement: Any, params: Any = None) -> Any: ...
