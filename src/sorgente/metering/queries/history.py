"""What judging new reads needs to know: where the registers are installed, and what they showed before."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection

from sorgente.metering.core.judgement import NONE, History, key_of
from sorgente.metering.core.read_kinds import sql_code
from sorgente.shared.columns import read_arrow

Long = npt.NDArray[np.int64]

_RECENT_DAYS = 75  # a fleet read each month or two is known from this window and the one a year before
_SEASON_DAYS = 45
_EPOCH = "DATE '1970-01-01'"
_HISTORY = f"""
SELECT register_id, read_on - {_EPOCH} AS day, index_milli, running_milli, {sql_code("kind")} AS kind, id
  FROM metering_read
 WHERE register_id = ANY(%(ids)s::int8[]) AND state = 'accepted' {{window}}
"""
_WINDOW = f"""
   AND (read_on >= {_EPOCH} + %(recent)s::int
        OR read_on BETWEEN {_EPOCH} + %(season)s::int AND {_EPOCH} + %(season_end)s::int)
"""
_PLACES = f"""
SELECT i.register_id, r.digits, lower(i.installed) - {_EPOCH} AS start,
       coalesce(upper(i.installed) - {_EPOCH}, 2000000) AS stop, i.service_point_id, a.quantity_milli AS ca_milli
  FROM metering_installation i
  JOIN metering_register r ON r.id = i.register_id
  LEFT JOIN metering_annualconsumption a ON a.service_point_id = i.service_point_id AND a.year = %(year)s
 WHERE i.register_id = ANY(%(ids)s::int8[])
"""


class Places(NamedTuple):
    """Where each new read's register is on its day; (n,) each, NONE where it is nowhere."""

    installed_day: Long
    digits: Long
    service_point_id: Long
    ca_milli: Long


def places_of(register_id: Long, day: Long) -> Places:
    """Return the installation that covers each read; the day of removal still belongs to it."""
    year = int(np.datetime64(int(day.max()), "D").astype("datetime64[Y]").astype(int)) + 1970 if day.size else 1970
    table = read_arrow(connection, _PLACES, {"ids": np.unique(register_id), "year": year})
    registers, start = _column(table, "register_id"), _column(table, "start")
    order = np.lexsort((start, registers))
    registers, start = registers[order], start[order]
    stop = _column(table, "stop")[order]
    at = np.searchsorted(key_of(registers, start), key_of(register_id, day), side="right") - 1
    safe = np.clip(at, 0, max(registers.size - 1, 0))
    if registers.size == 0:
        nowhere = np.full(day.size, NONE)
        return Places(nowhere, np.zeros(day.size, dtype=np.int64), nowhere, nowhere)
    found = (at >= 0) & (registers[safe] == register_id) & (day <= stop[safe])
    digits = np.where(registers[safe] == register_id, _column(table, "digits")[order][safe], 0)
    return Places(
        np.where(found, start[safe], NONE),
        digits,
        np.where(found, _column(table, "service_point_id")[order][safe], NONE),
        np.where(found, _column(table, "ca_milli", empty=-1)[order][safe], NONE),
    )


def history_of(register_id: Long, day: Long) -> History:
    """Return the accepted reads that judging reads of these registers on these days looks at.

    Registers read often are served from two windows, now and a year ago; the others, which have few reads, whole.
    """
    if register_id.size == 0:
        return _history(pa.table({name: pa.array([], pa.int64()) for name in History._fields}))
    registers = np.unique(register_id)
    recent = int(day.min()) - _RECENT_DAYS
    window = {
        "ids": registers,
        "recent": recent,
        "season": int(day.min()) - 365 - _SEASON_DAYS,
        "season_end": int(day.max()) - 365 + _SEASON_DAYS,
    }
    near = _history(read_arrow(connection, _HISTORY.format(window=_WINDOW), window))
    before = np.searchsorted(key_of(near.register_id, near.day), key_of(register_id, day), side="left") - 1
    known = np.zeros(register_id.size, dtype=bool)
    inside = before >= 0
    known[inside] = (near.register_id[before[inside]] == register_id[inside]) & (near.day[before[inside]] >= recent)
    rest = np.unique(register_id[~known])
    if rest.size == 0:
        return near
    whole = _history(read_arrow(connection, _HISTORY.format(window=""), {"ids": rest}))
    keep = ~np.isin(near.register_id, rest)
    return merged(History(*(column[keep] for column in _columns(near))), whole)


def merged(history: History, more: History) -> History:
    """Return both histories as one, sorted."""
    return _sorted([np.concatenate(pair) for pair in zip(_columns(history), _columns(more), strict=True)])


def _columns(history: History) -> list[npt.NDArray[Any]]:
    return list(history)


def _history(table: pa.Table) -> History:
    return _sorted([table.column(i).to_numpy().astype(np.int64) for i in range(6)])


def _sorted(columns: list[npt.NDArray[Any]]) -> History:
    keys = key_of(columns[0], columns[1])
    if keys.size > 1 and (np.diff(keys) < 0).any():
        order = np.argsort(keys, kind="stable")
        columns = [column[order] for column in columns]
    return History(columns[0], columns[1], columns[2], columns[3], columns[4].astype(np.int8), columns[5])


def _column(table: pa.Table, name: str, *, empty: int = 0) -> Long:
    column = table[name].combine_chunks()
    return (column.fill_null(empty) if column.null_count else column).to_numpy().astype(np.int64)
