"""Radio telegrams in: each is kept as evidence once, decoded, and gives its meter the read of the day."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from django.utils import timezone

from sorgente.metering.adapters.radio_meters import RadioMeters
from sorgente.metering.adapters.record_formats import DatabaseFormats
from sorgente.metering.core.judgement import ACCEPTED, HELD
from sorgente.metering.core.telegram_lines import TelegramLine, UnreadableLine, telegram_lines
from sorgente.metering.models import Telegram
from sorgente.metering.usecases.load_reads import LoadedReads, load_reads
from sorgente.radio import Decoded, Decoder
from sorgente.shared.columns import copy_columns
from sorgente.shared.id_blocks import take_ids

_BATCH = 20_000
_PROBLEMS = {
    Telegram.Outcome.WRONG_KEY,
    Telegram.Outcome.UNSUPPORTED,
    Telegram.Outcome.MALFORMED,
    Telegram.Outcome.UNKNOWN_METER,
}


class Problem(NamedTuple):
    """A telegram, or a line, that gave no read. outcome: of Telegram.Outcome, or `unreadable` for a line."""

    line: int
    radio_id: str
    outcome: str
    message: str


@dataclass
class TelegramImport:
    """What became of the lines. lines = repeated + unreadable + the sum of outcomes."""

    lines: int = 0
    repeated: int = 0  # heard before, in this file or an earlier one
    unreadable: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    held: int = 0
    formats_learnt: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass
class _Heard:
    line: TelegramLine
    fingerprint: bytes
    outcome: str = ""
    radio_id: str = ""
    message: str = ""
    register_id: int = 0
    index_milli: int = 0


def import_telegrams(*, lines: Iterable[str], received_at: datetime) -> TelegramImport:
    """Take in telegrams as hex lines, JSON lines or logs of rtl-wmbus and wmbusmeters.

    The same telegram again changes nothing. A meter gets one read a day, from the latest telegram of the day that
    tells its total; which days are meant is decided by the utility's time zone.

    received_at  when the file arrived; stands in where a line has no time
    """
    result = TelegramImport()
    formats, meters = DatabaseFormats(), RadioMeters()
    decoder = Decoder(formats)
    batch: list[TelegramLine] = []
    for item in telegram_lines(lines, received_at=received_at, zone=timezone.get_default_timezone()):
        result.lines += 1
        if isinstance(item, UnreadableLine):
            result.unreadable += 1
            result.problems.append(Problem(item.number, "", "unreadable", item.message))
            continue
        batch.append(item)
        if len(batch) == _BATCH:
            _take_in(batch, result, decoder, formats, meters, received_at)
            batch = []
    _take_in(batch, result, decoder, formats, meters, received_at)
    result.problems.sort()
    return result


@transaction.atomic
def _take_in(
    batch: list[TelegramLine],
    result: TelegramImport,
    decoder: Decoder,
    formats: DatabaseFormats,
    meters: RadioMeters,
    received_at: datetime,
) -> None:
    fresh = _not_heard_before(batch)
    result.repeated += len(batch) - len(fresh)
    for heard in fresh:
        _decode(heard, decoder.decode_finding(heard.line.data, meters.key_of), meters)
    result.formats_learnt += formats.save(learnt_at=received_at)
    if not fresh:
        return
    ids = take_ids(connection, "metering_telegram", len(fresh))
    chosen = _reads_of_the_day(fresh)
    loaded = load_reads(
        register_id=np.array([fresh[at].register_id for at in chosen], dtype=np.int64),
        read_on=np.array([_local_day(fresh[at].line) for at in chosen], dtype="datetime64[D]"),
        index_milli=np.array([fresh[at].index_milli for at in chosen], dtype=np.int64),
        kind="radio",
        received_at=received_at,
        telegram_id=ids[np.array(chosen, dtype=np.int64)],
    )
    _tell(fresh, chosen, loaded)
    _write(fresh, ids)
    result.accepted += loaded.accepted
    result.held += loaded.held
    result.outcomes.update(heard.outcome for heard in fresh)
    result.problems += [
        Problem(heard.line.number, heard.radio_id, heard.outcome, heard.message)
        for heard in fresh
        if heard.outcome in _PROBLEMS
    ]


def _not_heard_before(batch: list[TelegramLine]) -> list[_Heard]:
    by_print: dict[bytes, _Heard] = {}
    for line in batch:
        # An open telegram of an empty home repeats byte for byte when its access number comes round again: the day
        # tells the two apart. A line without a time counts once for ever, or the same file would read two days.
        day = str(_local_day(line)).encode() if line.timed else b""
        fingerprint = hashlib.sha256(line.data + day).digest()
        by_print.setdefault(fingerprint, _Heard(line, fingerprint))
    known = Telegram.objects.filter(fingerprint__in=list(by_print)).values_list("fingerprint", flat=True)
    for seen in known:
        by_print.pop(bytes(seen))
    return list(by_print.values())


def _decode(heard: _Heard, decoded: Decoded, meters: RadioMeters) -> None:
    heard.radio_id, heard.message, heard.outcome = decoded.meter_id, decoded.message, decoded.outcome
    if decoded.outcome in ("malformed", "unsupported") or not decoded.meter_id:
        return
    meter = meters.find(decoded.meter_id, decoded.manufacturer)
    if meter is None:
        # A neighbour's meter is nobody's problem; ours without a record is one: the list tells both.
        heard.outcome = Telegram.Outcome.UNKNOWN_METER
        heard.message = (
            f"No meter has the radio address {decoded.meter_id} {decoded.manufacturer}."
            " Register it if it is ours; otherwise nothing to do."
        )
        return
    total = decoded.total_wh if meter.medium == "heat" else decoded.total_milli
    if decoded.outcome == "decoded" and total is not None and total >= 0:
        heard.register_id, heard.index_milli = meter.register_id, total


def _local_day(line: TelegramLine) -> np.datetime64:
    return np.datetime64(timezone.localtime(line.heard_at).date(), "D")


def _reads_of_the_day(fresh: list[_Heard]) -> list[int]:
    """Return the places of the telegrams that become reads: the latest of each meter and day."""
    latest: dict[tuple[int, np.datetime64], int] = {}
    for at, heard in enumerate(fresh):
        if heard.register_id:
            what = (heard.register_id, _local_day(heard.line))
            if what not in latest or fresh[latest[what]].line.heard_at <= heard.line.heard_at:
                latest[what] = at
    return sorted(latest.values())


def _tell(fresh: list[_Heard], chosen: list[int], loaded: LoadedReads) -> None:
    for row, at in enumerate(chosen):
        if int(loaded.verdict[row]) in (ACCEPTED, HELD):
            fresh[at].outcome = Telegram.Outcome.READ
        if row in loaded.reasons:
            fresh[at].message = str(loaded.reasons[row])


def _write(fresh: list[_Heard], ids: np.ndarray) -> None:
    instants = [heard.line.heard_at.astimezone(UTC) for heard in fresh]
    columns = {
        "id": ids,
        "fingerprint": pa.array([heard.fingerprint for heard in fresh], pa.binary()),
        "raw": pa.array([heard.line.data for heard in fresh], pa.binary()),
        "heard_at": pa.array(instants, pa.timestamp("us", tz="UTC")),
        "outcome": [str(heard.outcome) for heard in fresh],
        "radio_id": [heard.radio_id for heard in fresh],
        "message": [heard.message[:300] for heard in fresh],
    }
    with connection.cursor() as cursor:
        copy_columns(cursor, "metering_telegram", columns)
