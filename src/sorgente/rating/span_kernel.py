"""Cut spans where anything changes and rate each piece.

    span        |--------------------------------------------------|
    conditions  |---- 2 persons ----|-------- 3 persons -----------|
    versions    |------------ 2025 tariff ------------|-- 2026 ----|
    pieces      |-------------------|-----------------|------------|

The quantity goes to the pieces by days, as differences of a rounded running total, so that they always add up.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sorgente.rating.arithmetic import share
from sorgente.rating.charge_kernel import Piece, rate_charge
from sorgente.rating.lazy import Kernel
from sorgente.rating.refusals import Refusal
from sorgente.tariffs.tables import YEAR_DAYS

_EMPTY, _NEGATIVE = int(Refusal.EMPTY_SPAN), int(Refusal.NEGATIVE_QUANTITY)
_NO_CONDITIONS, _OVERLAPPING = int(Refusal.NO_CONDITIONS), int(Refusal.OVERLAPPING_CONDITIONS)
_NO_TARIFF, _NO_CATEGORY = int(Refusal.NO_TARIFF), int(Refusal.NO_CATEGORY)
_CATEGORY_REFUSED, _LINE_REFUSED, _TOO_LARGE = (
    int(Refusal.CATEGORY_REFUSED), int(Refusal.LINE_REFUSED), int(Refusal.TOO_LARGE),
)  # fmt: skip
_OUT_OF_RANGE = int(Refusal.CONDITIONS_OUT_OF_RANGE)
_MOST_DAYS = 40_000
_MOST_COMMITMENT = 10**12


class SpanColumns(NamedTuple):
    """What is to be rated; days are days since 1970-01-01, half-open."""

    span_id: Any
    contract_id: Any
    start: Any
    end: Any
    quantity: Any
    prior: Any  # quantity of the same year before the span, -1 where it is not known


class ConditionColumns(NamedTuple):
    """Dated terms of contracts, sorted by contract and start."""

    contract_id: Any
    start: Any
    end: Any
    tariff: Any
    category: Any
    persons: Any
    units: Any
    other_units: Any
    services: Any
    bonus: Any
    meter: Any
    commitment: Any
    continues: Any  # 1 where only the days differ from the row before, and the two touch: to rating they are one


class RowColumns(NamedTuple):
    """The rows being written; rows.CHARGES says what each column holds."""

    span_id: Any
    contract_id: Any
    start: Any
    end: Any
    service: Any
    kind: Any
    bracket: Any
    quantity: Any
    unit_price: Any
    cents: Any
    vat: Any
    rule: Any


class RefusalColumns(NamedTuple):
    """Per span: refusal (0 is none), its detail, and the family and category it concerns."""

    refusal: Any
    detail: Any
    family: Any
    category: Any


@Kernel
def month_at(months: Any, day: int) -> int:
    """Return the number of the month that holds the day."""
    low, high = 0, len(months) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if months[middle] <= day:
            low = middle
        else:
            high = middle - 1
    return low


@Kernel
def months_between(months: Any, start: int, end: int) -> int:
    """Return how many whole months the period has, -1 where it is not whole months."""
    first, latest = month_at(months, start), month_at(months, end)
    return latest - first if start - months[first] == end - months[latest] else -1


@Kernel
def first_of(contracts: Any, contract: int, hint: int) -> int:
    """Return the first place of the contract in the sorted column; `hint` is tried first."""
    if hint < len(contracts) and contracts[hint] == contract and (hint == 0 or contracts[hint - 1] != contract):
        return hint
    low, high = 0, len(contracts)
    while low < high:
        middle = (low + high) // 2
        if contracts[middle] < contract:
            low = middle + 1
        else:
            high = middle
    return low


@Kernel
def version_at(family_first: Any, versions: Any, family: int, day: int) -> int:
    """Return the version of the family in force on the day, -1 where there is none."""
    if 0 <= family < len(family_first) - 1:
        for version in range(family_first[family], family_first[family + 1]):
            if versions[version].start <= day < versions[version].end:
                return version
    return -1


@Kernel
def household(plan: Any, persons: int) -> int:
    """Return the persons that count: default where unknown, floor, cap; -2 where the edges are not published."""
    if persons <= 0:
        persons = plan.default
    if plan.known > 0 and persons > plan.known:
        return -2
    if persons <= 0:
        return -1
    if plan.cap > 0 and persons > plan.cap:
        persons = plan.cap
    return persons if persons >= plan.floor else plan.floor


@Kernel
def rate_piece(plan: Any, charges: Any, variants: Any, brackets: Any, piece: Any, scratch: Any) -> tuple[int, int, int]:
    """Write the rows of one piece into `scratch`; returns (rows, refusal or 0, detail)."""
    at = 0
    if plan.refusal >= 0:
        return at, _CATEGORY_REFUSED, plan.refusal
    for number in range(plan.first, plan.last):
        charge = charges[number]
        at, refusal = rate_charge(charge, variants, brackets, piece, scratch, at, number)
        if refusal != 0:
            return at, refusal, charge.refusal if refusal == _LINE_REFUSED else number
    return at, 0, 0


@Kernel
def rate_spans(
    spans: Any, conditions: Any, book: Any, limits: tuple[int, int], months: Any, scratch: Any, rows: Any,
    refusals: Any, first: int, last: int, room: int,
) -> tuple[int, int]:  # fmt: skip
    """Rate spans `first` to `last` (excluded) into `rows`, which hold `room`.

    limits   number of categories of the book, highest quantity in thousandths
    months   first days of months from January 1970 on
    scratch  room for the rows of one piece

    Returns (the first span not rated because the room was full, or `last`; rows written). A span is written whole
    or refused whole.
    """
    at = 0
    hint = begin = 0
    categories, highest_quantity = limits
    held = len(conditions.contract_id)
    horizon = months[len(months) - 13]
    for span in range(first, last):
        mark = at
        contract, start, end, total = spans.contract_id[span], spans.start[span], spans.end[span], spans.quantity[span]
        refusal, detail, family, category = 0, 0, -1, -1
        if end <= start:
            refusal = _EMPTY
        elif total < 0:
            refusal = _NEGATIVE
        if span == first or contract != spans.contract_id[span - 1]:
            begin = first_of(conditions.contract_id, contract, hint)
        place = begin
        prior = spans.prior[span]
        done = shared = 0
        day = start
        while day < end and refusal == 0:
            while place < held and conditions.contract_id[place] == contract and conditions.end[place] <= day:
                place += 1
            if place >= held or conditions.contract_id[place] != contract or conditions.start[place] > day:
                refusal, detail = _NO_CONDITIONS, day
                break
            until = conditions.end[place]
            after = place + 1
            while after < held and conditions.continues[after]:
                until = conditions.end[after]
                after += 1
            if after < held and conditions.contract_id[after] == contract and conditions.start[after] < min(until, end):
                refusal, detail = _OVERLAPPING, conditions.start[after]
                break
            family, category = conditions.tariff[place], conditions.category[place]
            version = version_at(book.family_first, book.versions, family, day)
            if version < 0:
                refusal, detail = _NO_TARIFF, day
                break
            number = -1
            if 0 <= category < categories:
                number = book.plan_of[version * categories + category]
            if number < 0:
                refusal, detail = _NO_CATEGORY, day
                break
            plan = book.plans[number]
            if total > highest_quantity or end - start > _MOST_DAYS or end > horizon:
                refusal, detail = _TOO_LARGE, plan.first
                break
            units, others, commitment = (
                conditions.units[place],
                conditions.other_units[place],
                conditions.commitment[place],
            )
            if units < 1 or others < 0 or commitment < 0 or commitment > _MOST_COMMITMENT:
                refusal, detail = _OUT_OF_RANGE, day
                break
            stop = min(end, until, book.versions[version].end)
            year_days = YEAR_DAYS
            if plan.cuts_years:
                january = month_at(months, day) // 12 * 12
                stop = min(stop, months[january + 12])
                if plan.calendar:
                    year_days = months[january + 12] - months[january]
                if day == months[january]:
                    prior = 0
            if at + plan.rows > room:
                return span, mark
            done += stop - day
            quantity = share(total, done, end - start) - shared
            shared += quantity
            whole_months = months_between(months, day, stop) if plan.by_month else -1
            piece = Piece(
                stop - day, year_days, whole_months, quantity, prior, household(plan, conditions.persons[place]),
                units, others, conditions.services[place], conditions.bonus[place], conditions.meter[place], commitment,
            )  # fmt: skip
            written, refusal, detail = rate_piece(plan, book.charges, book.variants, book.brackets, piece, scratch)
            for number in range(written):
                row = scratch[number]
                rows.span_id[at] = spans.span_id[span]
                rows.contract_id[at] = contract
                rows.start[at] = day
                rows.end[at] = stop
                rows.service[at] = row.service
                rows.kind[at] = row.kind
                rows.bracket[at] = row.bracket
                rows.quantity[at] = row.quantity
                rows.unit_price[at] = row.unit_price
                rows.cents[at] = row.cents
                rows.vat[at] = plan.vat_e4
                rows.rule[at] = row.rule
                at += 1
            if prior >= 0:
                prior += quantity
            day = stop
        refusals.refusal[span] = refusal
        if refusal != 0:
            at = mark
            refusals.detail[span], refusals.family[span], refusals.category[span] = detail, family, category
        hint = place + 1
    return last, at
