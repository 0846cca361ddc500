"""The water of bills: meters with their reads, the chart, the Ca and the year before; a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sorgente.billing.core.document import HistoryBar, Meter, MeterRead, ReadKind
from sorgente.billing.core.use_history import (
    LOOK_BACK,
    YEAR,
    SeenIndex,
    bars_between_reads,
    chart_bars,
    daily_mean,
)
from sorgente.billing.queries.bill_parts import BillParts, Stretch
from sorgente.metering.queries.annual import annual_consumption_columns
from sorgente.metering.queries.for_billing import billing_reads
from sorgente.metering.queries.registers import registers_table

_KINDS = {
    "reader": ReadKind.ACTUAL,
    "radio": ReadKind.ACTUAL,
    "install": ReadKind.ACTUAL,
    "remove": ReadKind.ACTUAL,
    "self": ReadKind.SELF,
    "estimate": ReadKind.ESTIMATED,
    "reconstructed": ReadKind.REBUILT,
}


@dataclass(frozen=True, slots=True)
class Use:
    """What one bill says about its water."""

    meters: tuple[Meter, ...]
    history: tuple[HistoryBar, ...]
    yearly_milli: int | None
    year_before_daily_milli: int | None
    latest_read_on: date | None


def uses_of(bills: Sequence[BillParts], contracts: dict[int, dict[str, Any]]) -> dict[int, Use]:
    """Return bill id -> its water; `contracts` are the rows of customers."""
    points = [contracts[bill.facts["contract_id"]]["service_point_id"] for bill in bills]
    reads = _reads(bills, points)
    registers = {row["register_id"]: row for row in registers_table(_registers(bills)).to_pylist()}
    on = max((bill.facts["issued_on"] for bill in bills), default=date.min)
    asked = np.array(points, dtype=np.int64)
    yearly = annual_consumption_columns(service_point_ids=asked, on=on)["ca_milli"].to_pylist()
    uses = {}
    for bill, point, ca in zip(bills, points, yearly, strict=True):
        supplied = contracts[bill.facts["contract_id"]]["supplied_from"]
        # The reads of whoever lived there before are not this customer's to see.
        own = [read for read in reads[point] if supplied <= read.day <= bill.facts["end"]]
        uses[bill.facts["id"]] = _use(bill, own, registers, ca)
    return uses


def _use(bill: BillParts, reads: list[SeenIndex], registers: dict[int, dict[str, Any]], ca: int | None) -> Use:
    start, end = bill.facts["start"], bill.facts["end"]
    estimated = [*bill.estimated_before, *(one for one in bill.stretches if one.estimated)]
    since = min((one.start for one in estimated), default=end)
    bars = [bar for bar in bars_between_reads(reads) if bar.end <= since]
    bars += [HistoryBar(one.start, one.end, one.quantity_milli, ReadKind.ESTIMATED) for one in estimated]
    latest = max((read.day for read in reads if read.day <= since), default=None)
    return Use(
        meters=tuple(_meters(bill, reads, registers)),
        history=chart_bars(bars, end=end),
        yearly_milli=ca,
        year_before_daily_milli=daily_mean(bars, start=start - YEAR, end=end - YEAR),
        latest_read_on=latest,
    )


def _meters(bill: BillParts, reads: list[SeenIndex], registers: dict[int, dict[str, Any]]) -> list[Meter]:
    """Return the meters the bill took water from, each with the reads that enclose it, estimates among them."""
    shown: dict[int, dict[date, tuple[int, ReadKind]]] = {}
    for stretch in bill.stretches:
        days = shown.setdefault(stretch.register_id, {})
        # An estimate may begin at the read it rests on; it ends at none.
        latest = stretch.start if stretch.estimated else stretch.end
        for read in reads:
            if read.register_id == stretch.register_id and stretch.start <= read.day <= latest:
                days[read.day] = (read.running_milli, read.kind)
        for day, running in _estimated_indices(stretch, bill) if stretch.estimated else ():
            days.setdefault(day, (running, ReadKind.ESTIMATED))
    meters = []
    for register_id, days in shown.items():
        register = registers[register_id]
        turn = 10 ** register["digits"] * 1000
        listed = tuple(MeterRead(day, running % turn, kind) for day, (running, kind) in sorted(days.items()))
        meters.append(Meter(register["serial"], listed, is_radio=register["by_radio"]))
    return meters


def _estimated_indices(stretch: Stretch, bill: BillParts) -> list[tuple[date, int]]:
    """Return the indices at both ends of an estimate, reckoned from the actual read it starts from."""
    if stretch.from_running_milli is None or stretch.from_day is None:
        return []
    earlier = [*bill.estimated_before, *(one for one in bill.stretches if one.estimated)]
    since = [one for one in earlier if stretch.from_day <= one.start < stretch.start]
    opening = stretch.from_running_milli + sum(one.quantity_milli for one in since)
    return [(stretch.start, opening), (stretch.end, opening + stretch.quantity_milli)]


def _registers(bills: Sequence[BillParts]) -> np.ndarray:
    return np.unique(np.array([one.register_id for bill in bills for one in bill.stretches], dtype=np.int64))


def _reads(bills: Sequence[BillParts], points: Sequence[int]) -> dict[int, list[SeenIndex]]:
    """Return service point -> its trusted reads, by installation and day."""
    since: dict[int, date] = {}
    for bill, point in zip(bills, points, strict=True):
        since[point] = min(since.get(point, date.max), bill.facts["start"] - LOOK_BACK)
    found: dict[int, list[SeenIndex]] = defaultdict(list)
    if not since:
        return found
    table = billing_reads(
        service_point_ids=np.array(list(since), dtype=np.int64),
        since=np.array(list(since.values()), dtype="datetime64[D]"),
        through=max(bill.facts["end"] for bill in bills),
    )
    for row in table.to_pylist():
        kind = _KINDS[row["kind_name"]]
        if kind is not ReadKind.ESTIMATED:
            found[row["service_point_id"]].append(
                SeenIndex(row["register_id"], row["installed_on"], row["read_on"], row["running_milli"], kind)
            )
    return found
