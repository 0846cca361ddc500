"""Measure the standards on billing: days from the period to the bill (S23), bills in a year (S24)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from sorgente.billing.queries.for_quality import BillForQuality, bills_for_quality, bills_per_year
from sorgente.quality.core.standards import standard
from sorgente.quality.models import Performance
from sorgente.quality.usecases.record_observation import record_observation
from sorgente.shared.errors import SorgenteError

_BATCH = 2000


@dataclass(slots=True)
class BillsMeasured:
    """How many performances were new, how many of them out of standard, and what could not be recorded and why."""

    bills: int = 0
    late_bills: int = 0
    years: int = 0
    short_years: int = 0
    refusals: dict[str, str] = field(default_factory=dict)


def record_bill_standards(*, start: date, end: date) -> BillsMeasured:
    """Record every bill issued in [start, end), and the years that ended in it; doing it again changes nothing.

    A bill that came too late, and a year with too few, has the operator as its cause until correct_performance says
    otherwise with a proof.
    """
    done = BillsMeasured()
    for bills in _batches(bills_for_quality(start=start, end=end)):
        _record_bills(bills, done)
    for year in range(start.year - 1, end.year):
        if start <= date(year, 12, 31) < end:
            _record_year(year, done)
    return done


def _record_bills(bills: list[BillForQuality], done: BillsMeasured) -> None:
    references = [f"bill:{one.bill_number}" for one in bills]
    known = Performance.objects.filter(standard="S23", reference__in=references).values_list("reference", flat=True)
    seen, rows = set(known), []
    for bill in bills:
        reference = f"bill:{bill.bill_number}"
        if reference in seen:
            continue
        # A bill may go out before its period ends; then nothing has elapsed.
        latest, days = min(bill.latest_day, bill.issued_on), max(bill.days, 0)
        level = standard("S23", on=latest)
        if level.is_within(days):
            rows.append(
                Performance(
                    standard="S23", reference=reference, account_number=bill.account_number,
                    contract_number=bill.contract_number, channel="billing", requested_at=_midnight(latest),
                    started_at=_midnight(latest), ended_at=_midnight(bill.issued_on), state=Performance.State.ENDED,
                    level=level.level, unit=level.unit.value, level_amount=level.level_amount, cite=level.cite,
                    elapsed=days, within=True,
                )
            )  # fmt: skip
            continue
        done.late_bills += _record_one(
            done, reference, standard="S23", started_at=_midnight(latest), ended_at=_midnight(bill.issued_on),
            contract_account_number=bill.account_number, contract_number=bill.contract_number,
        )  # fmt: skip
    with transaction.atomic():
        Performance.objects.bulk_create(rows, batch_size=_BATCH)
    done.bills += len(rows)


def _record_year(year: int, done: BillsMeasured) -> None:
    for contract in bills_per_year(year):
        reference = f"contract:{contract.contract_number}:{year}"
        if Performance.objects.filter(standard="S24", reference=reference).exists():
            continue
        new = _record_one(
            done, reference, standard="S24", started_at=_midnight(date(year, 1, 1)),
            ended_at=_midnight(date(year, 12, 31)), value=contract.bills, level=contract.least,
            contract_account_number=contract.account_number, contract_number=contract.contract_number,
        )  # fmt: skip
        done.short_years += new and contract.bills < contract.least


def _record_one(done: BillsMeasured, reference: str, **told: object) -> bool:
    """Record one performance; a refusal is kept with its reason and stops nobody."""
    try:
        with transaction.atomic():
            record_observation(reference=reference, channel="billing", **told)  # type: ignore[arg-type]
    except SorgenteError as problem:
        done.refusals[reference] = str(problem)
        return False
    if told["standard"] == "S23":
        done.bills += 1
    else:
        done.years += 1
    return True


def _batches(bills: list[BillForQuality]) -> Iterator[list[BillForQuality]]:
    for at in range(0, len(bills), _BATCH):
        yield bills[at : at + _BATCH]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
