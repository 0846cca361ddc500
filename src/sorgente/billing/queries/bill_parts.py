"""Bills with everything billing keeps about them, for many bills at once: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Case, F, When

from sorgente.billing.core.document import LinkedBill, VatGroup
from sorgente.billing.core.explanation import EarlierBill
from sorgente.billing.core.inputs import unpack_table
from sorgente.billing.core.price_list import PriceList, Terms
from sorgente.billing.core.printed_rows import PrintedRule, StoredCharge, vat_groups_of
from sorgente.billing.core.snapshot import unpack
from sorgente.billing.models import (
    Bill,
    BilledConsumption,
    BillInputs,
    BillRule,
    BillVat,
    Charge,
    OneOffRow,
    RuleSnapshot,
)

_EARLIER_WITHIN = timedelta(days=400)  # wider than any rule about earlier bills; the rule itself decides
_NO_COMPARISON = {Bill.Kind.CREDIT_NOTE, Bill.Kind.CORRECTION, Bill.Kind.ONE_OFF}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Water of one register over [start, end); an estimate starts from the read of `from_day`."""

    register_id: int
    start: date
    end: date
    quantity_milli: int
    estimated: bool
    from_day: date | None
    from_running_milli: int | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A bill of the same contract issued before."""

    number: str
    kind: str
    issued_on: date
    total_cents: int
    bill: EarlierBill


@dataclass(frozen=True, slots=True)
class BillParts:
    """One bill as billing keeps it; `facts` are the columns of its row."""

    facts: dict[str, Any]
    charges: list[StoredCharge]
    vat: tuple[VatGroup, ...]
    stretches: list[Stretch]
    estimated_before: list[Stretch]  # estimates of earlier bills since the latest actual read, oldest first
    terms: list[Terms]
    prices: PriceList
    earlier: list[Earlier]  # oldest first


def bill_parts(bill_ids: Sequence[int]) -> list[BillParts]:
    """Return the bills of these ids, by id."""
    bills: Any = list(
        Bill.objects.filter(pk__in=bill_ids)
        .order_by("id")
        .annotate(
            corrects_number=F("corrects__number"),
            corrects_issued_on=F("corrects__issued_on"),
            rules_id=F("inputs__rules"),
            # A credit note rests on no terms of its own: it is printed with those of the bill it takes back.
            terms_inputs_id=Case(When(kind=Bill.Kind.CREDIT_NOTE, then=F("corrects__inputs")), default=F("inputs")),
        )
        .values()
    )
    charges, vat, stretches = _charges(bill_ids), _vat(bill_ids), _stretches(bill_ids)
    contracts = [bill["contract_id"] for bill in bills]
    estimates, earlier, terms = _estimates(contracts, bill_ids), _earlier(contracts, bills), _terms(bills)
    prices = _price_lists({bill["rules_id"] for bill in bills})
    return [
        BillParts(
            facts=bill,
            charges=charges[bill["id"]],
            vat=vat_groups_of(charges[bill["id"]], vat[bill["id"]]),
            stretches=stretches[bill["id"]],
            estimated_before=_before(bill, stretches[bill["id"]], estimates[bill["contract_id"]]),
            terms=terms[bill["terms_inputs_id"], bill["contract_id"]],
            prices=prices(bill["rules_id"], bill["issued_on"]),
            earlier=[one for id, one in earlier[bill["contract_id"]] if id < bill["id"]],
        )
        for bill in bills
    ]


def _charges(bill_ids: Sequence[int]) -> dict[int, list[StoredCharge]]:
    rows: Any = (
        Charge.objects.filter(bill_id__in=bill_ids)
        .order_by("bill_id", "position")
        .values_list(
            "bill_id", "rule_id", "reverses__number", "reverses__issued_on", "kind", "bracket", "start", "end",
            "quantity_milli", "unit_price_e8", "cents", "vat_e4", "estimated", "position",
        )
    )  # fmt: skip
    rows = list(rows)
    # Thousands of rows rest on a few dozen rules: these are read once.
    rules = {
        id: PrintedRule(*facts)
        for id, *facts in BillRule.objects.filter(pk__in={row[1] for row in rows}).values_list(
            "id", "tariff", "path", "start", "service", "service_code", "brackets", "nature", "law", "cite"
        )
    }
    texts = {
        (bill, position): text
        for bill, position, text in OneOffRow.objects.filter(bill_id__in=bill_ids).values_list(
            "bill_id", "position", "text"
        )
    }
    found: dict[int, list[StoredCharge]] = defaultdict(list)
    for bill_id, rule_id, number, issued_on, *plain, position in rows:
        reverses = LinkedBill(number, issued_on) if number else None
        facts = [*plain, texts.get((bill_id, position), "")]
        found[bill_id].append(StoredCharge(rules[rule_id], reverses, *facts))
    return found


def _vat(bill_ids: Sequence[int]) -> dict[int, list[VatGroup]]:
    rows = BillVat.objects.filter(bill_id__in=bill_ids).order_by("bill_id", "-vat_e4")
    found: dict[int, list[VatGroup]] = defaultdict(list)
    for bill_id, rate, base, cents in rows.values_list("bill_id", "vat_e4", "base_cents", "vat_cents"):
        found[bill_id].append(VatGroup(rate, None, base, cents))  # ten-thousandths are hundredths of a percent
    return found


_STRETCH = (
    "register_id", "start", "end", "quantity_milli", "estimated", "from_read__read_on", "from_read__running_milli",
)  # fmt: skip


def _stretches(bill_ids: Sequence[int]) -> dict[int, list[Stretch]]:
    rows = BilledConsumption.objects.filter(bill_id__in=bill_ids).order_by("bill_id", "start", "id")
    found: dict[int, list[Stretch]] = defaultdict(list)
    for *plain, bill_id in rows.values_list(*_STRETCH, "bill_id"):
        found[bill_id].append(Stretch(*plain))
    return found


def _estimates(contracts: Sequence[int], bill_ids: Sequence[int]) -> dict[int, list[tuple[int, int | None, Stretch]]]:
    """Return contract -> (bill, bill that superseded it, stretch) of the estimates that stood when these went out."""
    all_of = BilledConsumption.objects.filter(estimated=True)
    found: dict[int, list[tuple[int, int | None, Stretch]]] = defaultdict(list)
    for rows in (
        all_of.filter(contract_id__in=contracts, superseded_by=None),
        # A later bill has taken these back since; two queries, because each has an index of its own.
        all_of.filter(superseded_by__contract_id__in=contracts, superseded_by_id__gt=min(bill_ids, default=0)),
    ):
        for *plain, contract, bill, superseded in rows.values_list(
            *_STRETCH, "contract_id", "bill_id", "superseded_by_id"
        ):
            found[contract].append((bill, superseded, Stretch(*plain)))
    return found


def _before(
    bill: dict[str, Any], stretches: list[Stretch], estimates: list[tuple[int, int | None, Stretch]]
) -> list[Stretch]:
    """Return the earlier estimates that this bill goes on from, as they stood when it was issued."""
    starts = [one.from_day for one in stretches if one.estimated and one.from_day is not None]
    if not starts:
        return []
    standing = [
        stretch
        for other, superseded, stretch in estimates
        if other < bill["id"]
        and (superseded is None or superseded > bill["id"])
        and min(starts) <= stretch.start < bill["start"]
    ]
    return sorted(standing, key=lambda one: one.start)


def _earlier(contracts: Sequence[int], bills: Sequence[dict[str, Any]]) -> dict[int, list[tuple[int, Earlier]]]:
    found: dict[int, list[tuple[int, Earlier]]] = defaultdict(list)
    since = min((bill["issued_on"] for bill in bills), default=date.max) - _EARLIER_WITHIN
    rows: Any = (
        Bill.objects.filter(contract_id__in=contracts, issued_on__gte=since)
        .exclude(kind__in=_NO_COMPARISON)
        .order_by("contract_id", "id")
        .values_list(
            "contract_id", "id", "number", "kind", "issued_on", "total_cents", "start", "end", "quantity_milli",
            "to_pay_cents",
        )
    )  # fmt: skip
    for contract, id, number, kind, issued_on, total, *facts in rows:
        found[contract].append((id, Earlier(number, kind, issued_on, total, EarlierBill(*facts))))
    return found


def _terms(bills: Sequence[dict[str, Any]]) -> dict[tuple[int, int], list[Terms]]:
    """Return (inputs, contract) -> the terms the bills were rated with."""
    wanted = {(bill["terms_inputs_id"], bill["contract_id"]) for bill in bills}
    found: dict[tuple[int, int], list[Terms]] = defaultdict(list)
    rows = BillInputs.objects.filter(pk__in={inputs for inputs, _ in wanted}).order_by("id")
    for inputs_id, packed in rows.values_list("id", "conditions"):
        table = unpack_table(bytes(packed))
        of = pa.array(sorted(contract for inputs, contract in wanted if inputs == inputs_id), pa.int64())
        for row in table.filter(pc.is_in(table["contract_id"], of)).to_pylist():
            found[inputs_id, row["contract_id"]].append(
                Terms(
                    start=row["start"], end=row["end"], tariff=row["tariff"], category=row["category"],
                    persons=row["persons"], units=row["units"], other_units=row.get("other_units", 0),
                    services=row["services"], bonus=row["bonus"], meter_size=row["meter_size"],
                    commitment_milli=row["commitment_milli"],
                )
            )  # fmt: skip
    for terms in found.values():
        terms.sort(key=lambda one: one.start)
    return found


class _PriceLists:
    def __init__(self, contents: dict[int, tuple[str, bytes]]) -> None:
        self._contents = contents

    def __call__(self, rules_id: int, issued_on: date) -> PriceList:
        return _price_list(*self._contents[rules_id], issued_on)


def _price_lists(rules_ids: set[int]) -> _PriceLists:
    rows = RuleSnapshot.objects.filter(pk__in=rules_ids).values_list("id", "sha256", "content")
    return _PriceLists({id: (sha256, bytes(content)) for id, sha256, content in rows})


@lru_cache(maxsize=8)
def _price_list(sha256: str, content: bytes, known_on: date) -> PriceList:
    return PriceList(unpack(content), known_on=known_on)
