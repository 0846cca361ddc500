"""A query's answer as one Arrow table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from psycopg import ClientCursor
from psycopg import Cursor as ServerCursor

from sorgente.shared.columns.wire import (
    BOOL,
    BYTEA,
    DATE,
    DATERANGE,
    EPOCH_DAYS,
    EPOCH_US,
    FIXED,
    OID,
    SEND,
    TEXTS,
    TIMESTAMP,
    TIMESTAMPTZ,
)


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
            if oid not in FIXED and oid not in TEXTS and oid not in (BYTEA, DATERANGE):
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
    if oid in FIXED:
        return [(column, f"{SEND[oid]}({column})")]
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
    if oid in FIXED:
        values = np.frombuffer(data or b"", dtype=FIXED[oid][0])
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
    return pa.Array.from_buffers(pa.string() if oid in TEXTS else pa.binary(), rows, buffers)


def _spread(valid_values: npt.NDArray[Any], null: npt.NDArray[np.bool_] | None) -> npt.NDArray[Any]:
    """Return one value a row, zero where null; the server sends the valid ones only."""
    if null is None:
        return valid_values
    values = np.zeros(null.size, dtype=valid_values.dtype)
    values[~null] = valid_values
    return values


def _from_fixed(values: npt.NDArray[Any], null: npt.NDArray[np.bool_] | None, oid: int) -> pa.Array:
    arrow = FIXED[oid][1]
    native = _spread(values.astype(values.dtype.newbyteorder("=")), null)
    if oid == DATE:
        return pa.array(native + np.int32(EPOCH_DAYS), mask=null, type=pa.int32()).cast(arrow)
    if oid in (TIMESTAMP, TIMESTAMPTZ):
        return pa.array(native + EPOCH_US, mask=null, type=pa.int64()).cast(arrow)
    if oid == BOOL:
        return pa.array(native.astype(bool), mask=null)
    return pa.array(native.astype(np.int64) if oid == OID else native, mask=null, type=arrow)
