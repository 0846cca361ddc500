"""What bills were computed from, as columns in a few bytes: enough, with the rules, to compute them again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sorgente.billing.core.stretches import Stretches

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


def stretches_table(stretches: Stretches, bill_id: np.ndarray) -> pa.Table:
    """Return stretches with the id of their bill in place of the row; bill_id (n,), one per row."""
    columns = {name: getattr(stretches, name) for name in Stretches.__slots__ if name != "row"}
    return pa.table({"bill_id": bill_id[stretches.row], **columns})


def stretches_of(table: pa.Table) -> Stretches:
    """Return the stretches of one bill's rows; they all have row 0."""
    columns = {name: table[name].to_numpy() for name in Stretches.__slots__ if name != "row"}
    return Stretches(row=np.zeros(len(table), dtype=np.int64), **columns)
