"""Columns into a table with one binary COPY."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sorgente.shared.columns import kernel
from sorgente.shared.columns.wire import (
    BOOL,
    BYTEA,
    DATE,
    DATERANGE,
    EPOCH_DAYS,
    EPOCH_US,
    FIXED,
    HEADER,
    JSONB,
    OID,
    ROWS_A_PIECE,
    TEXTS,
    TIMESTAMP,
    TIMESTAMPTZ,
    TRAILER,
    Bytes,
    Cursor,
    DateRanges,
)


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
        copy.write(HEADER)
        for start in range(0, size, ROWS_A_PIECE):
            copy.write(_piece(made, start, min(size, start + ROWS_A_PIECE)))
        copy.write(TRAILER)
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
    if oid in FIXED:
        return _fixed(name, oid, value)
    if oid in TEXTS or oid == BYTEA:
        return _varying(name, oid, value)
    raise ValueError(f"Column {name} has PostgreSQL type {oid}, which copy_columns does not carry.")


def _fixed(name: str, oid: int, value: Any) -> _Fixed:
    arrow = {OID: pa.int64()}.get(oid, FIXED[oid][1])
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
        plain = plain.astype(np.int64) - EPOCH_DAYS
    elif oid in (TIMESTAMP, TIMESTAMPTZ):
        plain = plain.astype(np.int64) - EPOCH_US
    target = np.dtype(FIXED[oid][0])
    if target.kind in "iu" and plain.dtype.kind in "iu" and plain.itemsize >= target.itemsize and plain.size:
        limit = np.iinfo(target)
        low, high = plain.min(), plain.max()
        if low < limit.min or high > limit.max:
            raise ValueError(f"Column {name}: {low} to {high} does not fit {FIXED[oid][1]}.")
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
