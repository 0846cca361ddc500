"""Load many reads at once: judged together, written with one COPY."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection, transaction

from sorgente.metering.adapters.limits import read_limits
from sorgente.metering.core.judgement import (
    ACCEPTED,
    HELD,
    NONE,
    REFUSED,
    REPEATED,
    History,
    Limits,
    NewReads,
    Verdicts,
    judge,
)
from sorgente.metering.core.read_kinds import KINDS
from sorgente.metering.core.reasons import Reason, reason_of
from sorgente.metering.queries.history import history_of, merged, places_of
from sorgente.shared.columns import copy_columns, read_arrow

Long = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]

_LOCK_BITS = 14  # registers of one block share a lock: 16,384
_STATES = pa.array(["accepted", "held"])


@dataclass(frozen=True)
class LoadedReads:
    """What became of each read, in the order given."""

    verdict: Small  # ACCEPTED, HELD, REFUSED, REPEATED of core/judgement.py
    rule: Small  # place in core.judgement.RULES
    running_milli: Long
    reasons: dict[int, Reason]  # row -> why it is held, refused or remarkable

    def count(self, verdict: int) -> int:
        return int((self.verdict == verdict).sum())

    @property
    def accepted(self) -> int:
        return self.count(ACCEPTED)

    @property
    def held(self) -> int:
        return self.count(HELD)

    @property
    def refused(self) -> int:
        return self.count(REFUSED)

    @property
    def repeated(self) -> int:
        return self.count(REPEATED)


def load_reads(
    *,
    register_id: Long,
    read_on: npt.NDArray[np.datetime64],
    index_milli: Long,
    kind: str | Small,
    received_at: datetime,
    telegram_id: Long | None = None,
    evidence_id: int | None = None,
    forced_turn: npt.NDArray[np.bool_] | None = None,
    dry_run: bool = False,
) -> LoadedReads:
    """Judge reads by rules/metering/read_acceptance.yaml and store what is accepted or held.

    register_id   (n,) int64; a register may come several times, on one day or many
    read_on       (n,) datetime64[D]
    index_milli   (n,) int64, thousandths shown on the register
    kind          one name of Read.Kind for all, or (n,) int8 places in core.read_kinds.KINDS
    received_at   when they arrived; a read of a later day is refused
    telegram_id   (n,) ids of the telegrams they came in
    forced_turn   (n,) true where a person says that the register started again from zero
    dry_run       judge and store nothing
    returns       one verdict per read. Refused reads are not stored: the caller keeps them with their reason
    raises        ValueError when columns differ in length
    source        rules/metering/read_acceptance.yaml
    """
    days = np.asarray(read_on).astype("datetime64[D]").astype(np.int64)
    size = days.size
    kinds = np.full(size, KINDS.index(kind), dtype=np.int8) if isinstance(kind, str) else np.asarray(kind, np.int8)
    turns = np.zeros(size, dtype=bool) if forced_turn is None else forced_turn
    register_id, index_milli = np.asarray(register_id, np.int64), np.asarray(index_milli, np.int64)
    if len({size, register_id.size, index_milli.size, kinds.size, turns.size}) != 1:
        raise ValueError(f"{register_id.size} registers, {size} days, {index_milli.size} indices.")
    if size == 0:
        return LoadedReads(np.zeros(0, np.int8), np.zeros(0, np.int8), np.zeros(0, np.int64), {})
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("load_reads needs a transaction: nothing may be half-written.")
    lock_registers(register_id)
    limits = read_limits(received_at.date())
    places = places_of(register_id, days)
    new = NewReads(register_id, days, index_milli, kinds, places.digits, places.installed_day, places.ca_milli, turns)
    verdicts = _judged_in_turn(
        new,
        history_of(register_id, days, places.digits, compare_days=limits.high_low_min_days),
        limits,
        _day_number(received_at.date()),
    )
    verdict = _without_known_ones(new, verdicts)
    reasons = _reasons(new, verdicts, verdict, limits)
    if not dry_run:
        _replace(verdict, verdicts, reasons, received_at)
        _write(new, verdicts.running_milli, verdict, reasons, received_at, telegram_id, evidence_id)
    return LoadedReads(verdict, verdicts.rule, verdicts.running_milli, reasons)


def lock_registers(register_id: Long) -> None:
    """Let nobody else load reads of these registers until the transaction ends: what is judged must hold when written.

    Registers are locked in blocks, in ascending order: loads of different parts of the fleet run side by side, loads
    of the same part one after the other, and none waits for each other in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('metering.reads'), block) FROM unnest(%s::int[]) AS block",
            [np.unique(register_id >> _LOCK_BITS).tolist()],
        )


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _judged_in_turn(new: NewReads, history: History, limits: Limits, today: int) -> Verdicts:
    """Judge the first read of every register, then the second with the first in its history, and so on."""
    order = np.lexsort((np.arange(new.day.size), new.day, new.register_id))
    registers = new.register_id[order]
    starts = np.ones(registers.size, dtype=bool)
    starts[1:] = registers[1:] != registers[:-1]
    first = np.maximum.accumulate(np.where(starts, np.arange(registers.size), 0))
    turn = np.empty(registers.size, dtype=np.int64)
    turn[order] = np.arange(registers.size) - first
    if not turn.any():
        return judge(new, history, limits, today=today)
    found: list[npt.NDArray[Any]] = []
    every: list[npt.NDArray[Any]] = list(new)
    for number in range(int(turn.max()) + 1):
        at = np.flatnonzero(turn == number)
        some = NewReads(*(column[at] for column in every))
        part = judge(some, history, limits, today=today)
        columns: list[npt.NDArray[Any]] = list(part)
        if not found:
            found = [np.empty(new.day.size, dtype=column.dtype) for column in columns]
        for whole, column in zip(found, columns, strict=True):
            whole[at] = column
        good = part.verdict == ACCEPTED
        if good.any():
            taken: list[npt.NDArray[Any]] = [
                some.register_id,
                some.day,
                some.index_milli,
                part.running_milli,
                some.kind,
                np.full(at.size, NONE),
            ]
            history = merged(history, History(*(column[good] for column in taken)))
    return Verdicts(*found)


def _without_known_ones(new: NewReads, verdicts: Verdicts) -> Small:
    """Return the verdicts; a held read that was set aside before, just so, is a repetition."""
    verdict = verdicts.verdict.copy()
    held = np.flatnonzero(verdict == HELD)
    if held.size == 0:
        return verdict
    table = read_arrow(
        connection,
        "SELECT register_id, read_on - DATE '1970-01-01' AS day, index_milli FROM metering_read"
        " WHERE state <> 'accepted' AND register_id = ANY(%(ids)s::int8[])",
        {"ids": np.unique(new.register_id[held])},
    )
    known = set(zip(*(table.column(i).to_pylist() for i in range(3)), strict=True))
    for row in held.tolist():
        what = (int(new.register_id[row]), int(new.day[row]), int(new.index_milli[row]))
        if what in known:
            verdict[row] = REPEATED
        known.add(what)
    return verdict


def _reasons(new: NewReads, verdicts: Verdicts, verdict: Small, limits: Limits) -> dict[int, Reason]:
    return {
        row: reason_of(
            rule=int(verdicts.rule[row]),
            index_milli=int(new.index_milli[row]),
            day=int(new.day[row]),
            digits=int(new.digits[row]),
            against_milli=int(verdicts.against_milli[row]),
            against_day=int(verdicts.against_day[row]),
            daily_milli=int(verdicts.daily_milli[row]),
            limits=limits,
        )
        for row in np.flatnonzero((verdicts.rule != 0) & (verdict != REPEATED)).tolist()
    }


def _replace(verdict: Small, verdicts: Verdicts, reasons: dict[int, Reason], at: datetime) -> None:
    """Discard the less trusted reads whose day now has a better one (BIL-01)."""
    gone = verdicts.replaces[(verdict == ACCEPTED) & (verdicts.replaces != NONE)]
    if gone.size == 0:
        return
    why = "replaced: a better read of the same day arrived."
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (UPDATE metering_read SET state = 'discarded', reason = %s WHERE id = ANY(%s) RETURNING id)"
            " INSERT INTO metering_readchange (read_id, from_state, to_state, reason, changed_by, changed_at)"
            " SELECT id, 'accepted', 'discarded', %s, 'rule metering.read_acceptance', %s FROM gone",
            [why, gone.tolist(), why, at],
        )


def _write(
    new: NewReads,
    running_milli: Long,
    verdict: Small,
    reasons: dict[int, Reason],
    received_at: datetime,
    telegram_id: Long | None,
    evidence_id: int | None,
) -> None:
    keep = np.flatnonzero((verdict == ACCEPTED) | (verdict == HELD))
    columns: dict[str, Any] = {
        "register_id": new.register_id[keep],
        "read_on": new.day[keep].astype("datetime64[D]"),
        "index_milli": new.index_milli[keep],
        "running_milli": running_milli[keep],
        "kind": pa.DictionaryArray.from_arrays(pa.array(new.kind[keep]), pa.array(KINDS)),
        "state": pa.DictionaryArray.from_arrays(pa.array((verdict[keep] == HELD).astype(np.int8)), _STATES),
        "reason": _texts(keep, reasons),
        "received_at": np.full(keep.size, np.datetime64(received_at.astimezone(UTC).replace(tzinfo=None), "us")),
    }
    if telegram_id is not None:
        columns["telegram_id"] = telegram_id[keep]
    if evidence_id is not None:
        columns["evidence_id"] = np.full(keep.size, evidence_id)
    with connection.cursor() as cursor:
        copy_columns(cursor, "metering_read", columns)


def _texts(keep: Long, reasons: dict[int, Reason]) -> pa.Array:
    """Return the reasons as a column; nearly all are empty."""
    texts = np.zeros(keep.size, dtype=np.int32)
    words = [""]
    if reasons:
        for place, row in enumerate(keep.tolist()):
            if row in reasons:
                texts[place] = len(words)
                words.append(str(reasons[row])[:200])
    return pa.DictionaryArray.from_arrays(pa.array(texts), pa.array(words))
