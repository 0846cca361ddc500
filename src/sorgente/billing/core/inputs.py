"""What bills were computed from, as columns in a few bytes: enough, with the rules, to compute them again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sorgente.billing.core.rows import Rows
from sorgente.billing.core.stretches import Long, Stretches

_CODEC = pa.ipc.IpcWriteOptions(compression="zstd")


def pack_table(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_CODEC) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def unpack_table(content: bytes) -> pa.Table:
    with pa.ipc.open_stream(pa.py_buffer(content)) as reader:
        return reader.read_all()


def stretches_table(stretches: Stretches, bill_id: Long) -> pa.Table:
    """Return stretches with the id of their bill in place of the row; bill_id (n,), one per row."""
    columns = {name: getattr(stretches, name) for name in Stretches.__slots__ if name != "row"}
    return pa.table({"bill_id": bill_id[stretches.row], **columns})


def stretches_of(table: pa.Table, row: Long) -> Stretches:
    """Return stretches again; row (k,) is the place of each one's bill."""
    columns = {name: table[name].to_numpy() for name in Stretches.__slots__ if name != "row"}
    return Stretches(row=row, **columns)


def taken_back_table(rows: Rows, bill_id: Long, *, whole: bool) -> pa.Table:
    """Return which earlier bills each bill takes back, all their rows (`whole`) or those on estimates."""
    of = rows.reverses > 0
    pairs = np.unique(np.column_stack([bill_id[rows.bill[of]], rows.reverses[of]]), axis=0)
    return pa.table(
        {"bill_id": pairs[:, 0], "reverses": pairs[:, 1], "whole": np.full(len(pairs), whole)},
    )
