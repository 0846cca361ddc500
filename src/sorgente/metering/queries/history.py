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

# A fleet read each month is known from two windows: now, and around the same stretch a year before.
_RECENT_DAYS = 40
_BRACKET_DAYS = 31
_EPOCH = "DATE '1970-01-01'"
_HISTORY = f"""
SELECT register_id, read_on - {_EPOCH} AS day, running_milli
  FROM metering_read
 WHERE register_id = ANY(%(ids)s::int8[]) AND state = 'accepted' {{window}}
"""
_WINDOW = f"""
   AND (read_on >= {_EPOCH} + %(recent)s::int
        OR read_on BETWEEN {_EPOCH} + %(season)s::int AND {_EPOCH} + %(season_end)s::int)
"""
_SAME_DAY = f"""
SELECT r.register_id, r.read_on - {_EPOCH} AS day, r.index_milli, {sql_code("r.kind")} AS kind, r.id
  FROM unnest(%(ids)s::int8[], %(days)s::int4[]) AS wanted (register_id, day)
  JOIN metering_read r ON r.register_id = wanted.register_id AND r.read_on = {_EPOCH} + wanted.day
   AND r.state = 'accepted'
 ORDER BY 1, 2
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


def history_of(register_id: Long, day: Long, digits: Long, *, compare_days: int) -> History:
    """Return the accepted reads that judging reads of these registers on these days looks at.

    compare_days  high and low look back at least so far
    returns       index, kind and id are exact for reads of the very days asked for. For the others the index is
                  what the running index shows on the digits, and kind and id are not told: nobody asks them

    Registers read often are served from two windows; the others, which have few reads, whole.
    """
    if register_id.size == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return History(nothing, nothing, nothing, nothing, nothing.astype(np.int8), nothing)
    registers, first = np.unique(register_id, return_index=True)
    turns = np.power(10, digits[first]) * 1000
    recent = int(day.min()) - _RECENT_DAYS
    window = {
        "ids": registers,
        "recent": recent,
        "season": recent - 365 - _BRACKET_DAYS,
        "season_end": int(day.max()) - 365 + _BRACKET_DAYS,
    }
    near = _running_history(_HISTORY.format(window=_WINDOW), window, registers, turns)
    back = np.searchsorted(
        key_of(near.register_id, near.day), key_of(register_id, day - compare_days), side="right"
    ) - 1  # fmt: skip
    known = np.zeros(register_id.size, dtype=bool)
    inside = back >= 0
    known[inside] = (near.register_id[back[inside]] == register_id[inside]) & (near.day[back[inside]] >= recent)
    rest = np.unique(register_id[~known])
    if rest.size:
        whole = _running_history(_HISTORY.format(window=""), {"ids": rest}, registers, turns)
        keep = ~np.isin(near.register_id, rest)
        near = merged(History(*(column[keep] for column in _columns(near))), whole)
    return _exact_on(near, register_id, day)


def _running_history(sql: str, params: dict[str, Any], registers: Long, turns: Long) -> History:
    table = read_arrow(connection, sql, params, no_nulls=True)
    register_id, day, running = (table.column(i).to_numpy().astype(np.int64) for i in range(3))
    index = running % turns[np.searchsorted(registers, register_id)]
    return _sorted([register_id, day, index, running, np.zeros(day.size, dtype=np.int8), np.full(day.size, NONE)])


def _exact_on(history: History, register_id: Long, day: Long) -> History:
    """Return the history with exact index, kind and id where a read of the very day asked for is there."""
    keys, wanted = key_of(history.register_id, history.day), np.unique(key_of(register_id, day))
    at = np.flatnonzero(np.isin(keys, wanted))
    if at.size == 0:
        return history
    table = read_arrow(connection, _SAME_DAY, {"ids": history.register_id[at], "days": history.day[at]}, no_nulls=True)
    index, kind, read_id = history.index_milli.copy(), history.kind.copy(), history.read_id.copy()
    index[at] = table["index_milli"].to_numpy()
    kind[at] = table["kind"].to_numpy().astype(np.int8)
    read_id[at] = table["id"].to_numpy()
    return history._replace(index_milli=index, kind=kind, read_id=read_id)


def merged(history: History, more: History) -> History:
    """Return both histories as one, sorted."""
    return _sorted([np.concatenate(pair) for pair in zip(_columns(history), _columns(more), strict=True)])


def _columns(history: History) -> list[npt.NDArray[Any]]:
    return list(history)


def _sorted(columns: list[npt.NDArray[Any]]) -> History:
    keys = key_of(columns[0], columns[1])
    if keys.size > 1 and (np.diff(keys) < 0).any():
        order = np.argsort(keys, kind="stable")
        columns = [column[order] for column in columns]
    return History(columns[0], columns[1], columns[2], columns[3], columns[4].astype(np.int8), columns[5])


def _column(table: pa.Table, name: str, *, empty: int = 0) -> Long:
    column = table[name].combine_chunks()
    return (column.fill_null(empty) if column.null_count else column).to_numpy().astype(np.int64)
