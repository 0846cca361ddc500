"""The loops of writing.py: writing PostgreSQL's binary COPY stream, compiled."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

_EMPTY, _LOWER_INCLUDED, _LOWER_OPEN, _UPPER_OPEN = 0x01, 0x02, 0x08, 0x10

Bytes = npt.NDArray[np.uint8]
Long = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_compile: Any = numba.njit(cache=True, nogil=True)


@_compile
def _put_int32(out: Bytes, at: int, number: int) -> None:
    out[at] = (number >> 24) & 0xFF
    out[at + 1] = (number >> 16) & 0xFF
    out[at + 2] = (number >> 8) & 0xFF
    out[at + 3] = number & 0xFF


@_compile
def make_ranges(
    lower: npt.NDArray[np.int32], starts: Bools, upper: npt.NDArray[np.int32], ends: Bools
) -> tuple[Long, Bytes]:
    """Return (edges, content) of half-open date ranges; a side is open where its flag is false."""
    edges = np.zeros(lower.size + 1, np.int64)
    for row in range(lower.size):
        edges[row + 1] = edges[row] + 1 + 8 * starts[row] + 8 * ends[row]
        if starts[row] and ends[row] and lower[row] >= upper[row]:
            edges[row + 1] = edges[row] + 1
    out = np.empty(edges[-1], np.uint8)
    for row in range(lower.size):
        at = edges[row]
        if starts[row] and ends[row] and lower[row] >= upper[row]:
            out[at] = _EMPTY
            continue
        out[at] = (_LOWER_INCLUDED if starts[row] else _LOWER_OPEN) | (0 if ends[row] else _UPPER_OPEN)
        at += 1
        if starts[row]:
            _put_int32(out, at, 4)
            _put_int32(out, at + 4, lower[row])
            at += 8
        if ends[row]:
            _put_int32(out, at, 4)
            _put_int32(out, at + 4, upper[row])
    return edges, out


@_compile
def put_count(out: Bytes, at: Long, columns: int) -> None:
    """Begin every row with its number of columns; `at` moves on."""
    for row in range(at.size):
        out[at[row]] = (columns >> 8) & 0xFF
        out[at[row] + 1] = columns & 0xFF
        at[row] += 2


@_compile
def put_fixed(out: Bytes, at: Long, cells: Bytes, valid: Bools) -> None:
    """Write one column of (rows, width) bytes; `at` moves on."""
    width = cells.shape[1]
    for row in range(at.size):
        if not valid[row]:
            _put_int32(out, at[row], -1)
            at[row] += 4
            continue
        _put_int32(out, at[row], width)
        for i in range(width):
            out[at[row] + 4 + i] = cells[row, i]
        at[row] += 4 + width


@_compile
def put_bytes(out: Bytes, at: Long, edges: Long, content: Bytes, valid: Bools, prefix: int) -> None:
    """Write one column of values of any length, each after the prefix byte unless that is negative."""
    for row in range(at.size):
        if not valid[row]:
            _put_int32(out, at[row], -1)
            at[row] += 4
            continue
        length = edges[row + 1] - edges[row]
        head = 0
        if prefix >= 0:
            head = 1
            out[at[row] + 4] = prefix
        _put_int32(out, at[row], length + head)
        for i in range(length):
            out[at[row] + 4 + head + i] = content[edges[row] + i]
        at[row] += 4 + head + length
