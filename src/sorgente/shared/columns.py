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

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import ClientCursor
from psycopg import Cursor as ServerCursor

from sorgente.shared import columns_kernel as kernel

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_ROWS_A_PIECE = 65_536
# PostgreSQL counts days and microseconds from 2000-01-01, Arrow and NumPy from 1970-01-01.
_EPOCH_DAYS = 10_957
_EPOCH_US = _EPOCH_DAYS * 86_400 * 1_000_000

BOOL, BYTEA, INT8, INT2, INT4, TEXT, OID, JSON = 16, 17, 20, 21, 23, 25, 26, 114
FLOAT8, CHAR, VARCHAR, DATE, TIMESTAMP, TIMESTAMPTZ, JSONB, DATERANGE = 701, 1042, 1043, 1082, 1114, 1184, 3802, 3912
_NAME, _UNKNOWN = 19, 705

# type: (width in the stream, how NumPy reads it, Arrow type)
_FIXED: dict[int, tuple[str, pa.DataType]] = {
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
_SEND = {
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
_TEXTS = {TEXT, VARCHAR, CHAR, JSON, JSONB, _NAME, _UNKNOWN}

Bytes = npt.NDArray[np.uint8]


class DateRanges(NamedTuple):
    """Half-open periods of days, one per row; a null `upper` means no end, a null `lower` no beginning."""

    lower: Any
    upper: Any


class Cursor(Protocol):
    def execute(self, query: Any, params: Any = None) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def copy(self, statement: Any, params: Any = None) -> Any: ...


# --- reading -----------------------------------------------------------------------------------------


def read_arrow(
    connection: Any, sql: str, params: Mapping[str, Any] | Sequence[Any] | None = None, *, no_nulls: bool = False
) -> pa.Table:
    """Return the answer of a query as one Arrow table.

    connection  a psycopg connection or a Django one; the query runs inside its current transaction
    sql         a SELECT with psycopg placeholders (%s or %(name)s); with params, a literal percent sign is %%
    params      NumPy arrays are sent as PostgreSQL arrays (of whole numbers: as a literal, '{1,2}')
    no_nulls    the caller knows that no value is null: a little faster; a null then raises ValueError
    raises      ValueError when a column has a type this module does not carry: cast it in the query;
                one column may weigh 1 GB at most (PostgreSQL's limit): ask for fewer rows at a time
    """
    raw = _raw(connection)
    text = sql if params is None else ClientCursor(raw).mogrify(sql, _adapted(params))
    with ServerCursor(raw) as cursor:  # Django's own binds on the client and cannot answer in binary
        cursor.execute(f"SELECT * FROM ({text}) AS answer LIMIT 0")  # the types, without running it
        columns = [(item.name, item.type_code) for item in cursor.description or ()]
        for name, oid in columns:
            if oid not in _FIXED and oid not in _TEXTS and oid not in (BYTEA, DATERANGE):
                raise ValueError(f"Column {name} has PostgreSQL type {oid}: cast it to one that read_arrow carries.")
        # The server strings each column together: one value a column crosses the wire instead of one message
        # a row, which costs libpq and Python twenty times more than the query itself.
        cells = [cell for i, (_, oid) in enumerate(columns) for cell in _cells(f"c{i}", oid)]
        aliases = ", ".join(f"c{i}" for i in range(len(columns)))
        values = ", ".join(f"string_agg({value}, ''::bytea)" for _, value in cells)
        bits = "''::bytea" if no_nulls else _null_bits([test for test, _ in cells])
        cursor.execute(
            f"SELECT count(*), {bits}, {values} FROM ({text}) AS answer ({aliases})",
            binary=True,
        )
        rows, null_bits, *found = cursor.fetchall()[0]
    nulls = np.frombuffer(null_bits or b"", dtype=">i8")
    parts = iter(enumerate(found))
    return pa.table({name: _column(oid, rows, nulls, parts) for name, oid in columns})


def _raw(connection: Any) -> Any:
    if hasattr(connection, "ensure_connection"):  # Django's wrapper
        connection.ensure_connection()
        return connection.connection
    return connection


def _adapted(params: Mapping[str, Any] | Sequence[Any]) -> Any:
    if isinstance(params, Mapping):
        return {name: _listed(value) for name, value in params.items()}
    return [_listed(value) for value in params]


def _listed(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        # An array literal: psycopg's own way with a list costs ten times as much.
        return "{" + ",".join(map(str, value.tolist())) + "}"
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _cells(column: str, oid: int) -> list[tuple[str, str]]:
    """Return (what may be null, its bytes) for each piece a column travels in."""
    if oid == DATERANGE:
        return [(f"{side}({column})", f"date_send({side}({column}))") for side in ("lower", "upper")]
    if oid in _FIXED:
        return [(column, f"{_SEND[oid]}({column})")]
    plain = column if oid == BYTEA else f"{column}::text"
    return [(column, f"int4send(octet_length({plain}))"), (column, plain if oid == BYTEA else f"textsend({plain})")]


def _null_bits(tests: list[str]) -> str:
    """Return SQL that tells, in one 64-bit number a row, which pieces are null."""
    if len(tests) > 62:
        raise ValueError(f"{len(tests)} pieces of columns in one query; at most 62 travel together.")
    bits = " + ".join(
        f"CASE WHEN ({test}) IS NULL THEN {1 << i}::int8 ELSE 0::int8 END" for i, test in enumerate(tests)
    )
    none = f"num_nulls({', '.join(tests)}) = 0"
    return f"string_agg(CASE WHEN {none} THEN '\\x0000000000000000'::bytea ELSE int8send({bits}) END, ''::bytea)"


Parts = Iterator[tuple[int, bytes | None]]


def _column(oid: int, rows: int, nulls: npt.NDArray[np.int64], parts: Parts) -> pa.Array:
    if oid == DATERANGE:
        sides = [_column(DATE, rows, nulls, parts) for _ in range(2)]
        return pa.StructArray.from_arrays(sides, names=["lower", "upper"])
    at, data = next(parts)
    null = (nulls >> at) & 1 != 0
    masked = null if null.any() else None
    if oid in _FIXED:
        values = np.frombuffer(data or b"", dtype=_FIXED[oid][0])
        if values.size + int(null.sum()) != rows:
            raise ValueError(f"{rows - values.size} of {rows} values are null, against the promise of no_nulls.")
        return _from_fixed(values, masked, oid)
    if masked is None and len(data or b"") != 4 * rows:
        raise ValueError(f"{rows - len(data or b'') // 4} of {rows} texts are null, against the promise of no_nulls.")
    lengths = _spread(np.frombuffer(data or b"", dtype=">i4").astype(np.int32), masked)
    edges = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])
    if edges[-1] > np.iinfo(np.int32).max:
        raise ValueError("A text column weighs more than 2 GB: ask for fewer rows at a time.")
    bitmap = None if masked is None else pa.array(~masked).buffers()[1]
    buffers = [bitmap, pa.py_buffer(edges.astype(np.int32)), pa.py_buffer(next(parts)[1] or b"")]
    return pa.Array.from_buffers(pa.string() if oid in _TEXTS else pa.binary(), rows, buffers)


def _spread(valid_values: npt.NDArray[Any], null: npt.NDArray[np.bool_] | None) -> npt.NDArray[Any]:
    """Return one value a row, zero where null; the server sends the valid ones only."""
    if null is None:
        return valid_values
    values = np.zeros(null.size, dtype=valid_values.dtype)
    values[~null] = valid_values
    return values


def _from_fixed(values: npt.NDArray[Any], null: npt.NDArray[np.bool_] | None, oid: int) -> pa.Array:
    arrow = _FIXED[oid][1]
    native = _spread(values.astype(values.dtype.newbyteorder("=")), null)
    if oid == DATE:
        return pa.array(native + np.int32(_EPOCH_DAYS), mask=null, type=pa.int32()).cast(arrow)
    if oid in (TIMESTAMP, TIMESTAMPTZ):
        return pa.array(native + _EPOCH_US, mask=null, type=pa.int64()).cast(arrow)
    if oid == BOOL:
        return pa.array(native.astype(bool), mask=null)
    return pa.array(native.astype(np.int64) if oid == OID else native, mask=null, type=arrow)


# --- writing -----------------------------------------------------------------------------------------


def copy_columns(cursor: Any, table: str, columns: Mapping[str, Any]) -> int:
    """Write columns into a table with one binary COPY; return the number of rows.

    cursor   a psycopg cursor or a Django one; the rows belong to its current transaction
    table    name of an existing table, temporary ones too
    columns  column name -> NumPy array, Arrow array, list or DateRanges, all of one length
    raises   ValueError when lengths differ, a column is unknown, or a value does not fit its type
    """
    raw: Any = getattr(cursor, "cursor", cursor)  # Django's CursorWrapper holds the real one
    types = column_types(raw, table)
    unknown = [name for name in columns if name not in types]
    if unknown:
        raise ValueError(f"Table {table} has no column {', '.join(unknown)}.")
    made = [_outgoing(name, types[name], value) for name, value in columns.items()]
    sizes = {column.size for column in made}
    if len(sizes) != 1:
        raise ValueError(f"Columns of {table} differ in length: {sorted(sizes)}.")
    size = sizes.pop()
    names = ", ".join(f'"{name}"' for name in columns)
    with raw.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT BINARY)') as copy:
        copy.write(_HEADER)
        for start in range(0, size, _ROWS_A_PIECE):
            copy.write(_piece(made, start, min(size, start + _ROWS_A_PIECE)))
        copy.write(_TRAILER)
    return size


def column_types(cursor: Cursor, table: str) -> dict[str, int]:
    """Return column name -> PostgreSQL type of a table."""
    cursor.execute(
        "SELECT attname, atttypid::int FROM pg_attribute"
        " WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    return {row[0]: row[1] for row in cursor.fetchall()}


class _Fixed(NamedTuple):
    """values (n,) big-endian; valid None when no value is null."""

    values: npt.NDArray[Any]
    valid: npt.NDArray[np.bool_] | None

    @property
    def size(self) -> int:
        return int(self.values.size)


class _Varying(NamedTuple):
    """edges (n+1,) int64 into content; valid None when no value is null."""

    edges: npt.NDArray[np.int64]
    content: Bytes
    valid: npt.NDArray[np.bool_] | None
    prefix: int  # a version byte before each value, or -1

    @property
    def size(self) -> int:
        return int(self.edges.size - 1)


def _piece(columns: Sequence[_Fixed | _Varying], start: int, stop: int) -> bytes:
    """Return the rows [start, stop) as the stream wants them."""
    rows = stop - start
    if all(isinstance(column, _Fixed) and column.valid is None for column in columns):
        shape = _record([column.values.dtype.str for column in columns if isinstance(column, _Fixed)])
        out = np.empty(rows, dtype=shape)
        out["n"] = len(columns)
        for i, column in enumerate(columns):
            assert isinstance(column, _Fixed)
            out[f"l{i}"] = column.values.itemsize
            out[f"v{i}"] = column.values[start:stop]
        return out.tobytes()
    sizes = np.full(rows, 2 + 4 * len(columns), dtype=np.int64)
    for column in columns:
        valid = None if column.valid is None else column.valid[start:stop]
        if isinstance(column, _Fixed):
            sizes += column.values.itemsize if valid is None else column.values.itemsize * valid
        else:
            widths = np.diff(column.edges[start : stop + 1]) + (column.prefix >= 0)
            sizes += widths if valid is None else widths * valid
    at = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    out_bytes = np.empty(int(sizes.sum()), dtype=np.uint8)
    kernel.put_count(out_bytes, at, len(columns))
    for column in columns:
        valid = np.ones(rows, dtype=bool) if column.valid is None else column.valid[start:stop]
        if isinstance(column, _Fixed):
            cells = np.ascontiguousarray(column.values[start:stop]).view(np.uint8).reshape(rows, -1)
            kernel.put_fixed(out_bytes, at, cells, valid)
        else:
            kernel.put_bytes(out_bytes, at, column.edges[start : stop + 1], column.content, valid, column.prefix)
    return out_bytes.tobytes()


@lru_cache(maxsize=64)
def _record_cached(kinds: tuple[str, ...]) -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [("n", ">i2")]
    for i, kind in enumerate(kinds):
        fields += [(f"l{i}", ">i4"), (f"v{i}", kind)]
    return np.dtype(fields)


def _record(kinds: list[str]) -> np.dtype[Any]:
    return _record_cached(tuple(kinds))


def _outgoing(name: str, oid: int, value: Any) -> _Fixed | _Varying:
    if oid == DATERANGE:
        return _ranges(name, value)
    if isinstance(value, pa.ChunkedArray):
        value = value.combine_chunks()
    if oid in _FIXED:
        return _fixed(name, oid, value)
    if oid in _TEXTS or oid == BYTEA:
        return _varying(name, oid, value)
    raise ValueError(f"Column {name} has PostgreSQL type {oid}, which copy_columns does not carry.")


def _fixed(name: str, oid: int, value: Any) -> _Fixed:
    arrow = {OID: pa.int64()}.get(oid, _FIXED[oid][1])
    valid: npt.NDArray[np.bool_] | None = None
    if isinstance(value, np.ndarray) and value.dtype.kind in "iubMf":
        plain = value
        if plain.dtype.kind == "M":
            if np.isnat(plain).any():
                valid = ~np.isnat(plain)
            plain = plain.astype("datetime64[D]" if oid == DATE else "datetime64[us]").astype(np.int64)
    else:
        array = value if isinstance(value, pa.Array) else pa.array(value, from_pandas=False)
        if array.type != arrow:
            array = array.cast(arrow)
        if array.null_count:
            valid = pc.is_valid(array).to_numpy(zero_copy_only=False)
        number = {DATE: pa.int32(), TIMESTAMP: pa.int64(), TIMESTAMPTZ: pa.int64()}.get(oid)
        array = array.cast(number) if number is not None else array
        zero = False if oid == BOOL else 0
        plain = (array.fill_null(zero) if array.null_count else array).to_numpy(zero_copy_only=False)
    if valid is not None:
        plain = np.where(valid, plain, 0)  # whatever lies under a null must not trip the check below
    if oid == DATE:
        plain = plain.astype(np.int64) - _EPOCH_DAYS
    elif oid in (TIMESTAMP, TIMESTAMPTZ):
        plain = plain.astype(np.int64) - _EPOCH_US
    target = np.dtype(_FIXED[oid][0])
    if target.kind in "iu" and plain.dtype.kind in "iu" and plain.itemsize >= target.itemsize and plain.size:
        limit = np.iinfo(target)
        low, high = plain.min(), plain.max()
        if low < limit.min or high > limit.max:
            raise ValueError(f"Column {name}: {low} to {high} does not fit {_FIXED[oid][1]}.")
    return _Fixed(plain.astype(target), valid)


def _varying(name: str, oid: int, value: Any) -> _Varying:
    kind = pa.large_binary() if oid == BYTEA else pa.large_string()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    array = value if isinstance(value, pa.Array) else pa.array(value, type=kind)
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    array = array.cast(kind)
    if array.offset:
        array = pa.concat_arrays([array])
        if array.offset:  # concat_arrays of one array may hand back the same slice
            array = pa.array(array.to_pylist(), type=kind)
    valid = pc.is_valid(array).to_numpy(zero_copy_only=False) if array.null_count else None
    _, edges, content = array.buffers()
    bounds = np.frombuffer(edges, dtype=np.int64, count=len(array) + 1) if edges else np.zeros(1, dtype=np.int64)
    letters = np.frombuffer(content, dtype=np.uint8) if content else np.zeros(0, dtype=np.uint8)
    if oid not in (BYTEA,) and (letters == 0).any() and (letters[bounds[0] : bounds[-1]] == 0).any():
        raise ValueError(f"Column {name}: PostgreSQL text cannot hold a zero byte.")
    return _Varying(bounds, letters, valid, 1 if oid == JSONB else -1)


def _ranges(name: str, value: Any) -> _Varying:
    if not isinstance(value, DateRanges):
        raise ValueError(f"Column {name} is a daterange: give DateRanges(lower, upper).")
    lower, upper = _fixed(name, DATE, _dated(value.lower)), _fixed(name, DATE, _dated(value.upper))
    if lower.size != upper.size:
        raise ValueError(f"Column {name}: {lower.size} starts against {upper.size} ends.")
    every = np.ones(lower.size, dtype=bool)
    starts = every if lower.valid is None else lower.valid
    ends = every if upper.valid is None else upper.valid
    if ((lower.values > upper.values) & starts & ends).any():
        raise ValueError(f"Column {name}: a period ends before it starts.")
    edges, content = kernel.make_ranges(lower.values.astype(np.int32), starts, upper.values.astype(np.int32), ends)
    return _Varying(edges, content, None, -1)


def _dated(value: Any) -> Any:
    """Let a column of nothing but None pass as dates."""
    return value if isinstance(value, np.ndarray | pa.Array | pa.ChunkedArray) else pa.array(value, type=pa.date32())
