"""Compute issued bills again from their stored inputs and compare every row with what went out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sorgente.billing.core.compute import rate_stretches, reversed_rows, to_pay
from sorgente.billing.core.inputs import stretches_of, unpack_table
from sorgente.billing.core.one_offs import OneOffRows, charges_of, no_one_offs, one_offs_of, with_stamp_duty
from sorgente.billing.core.rows import Rows, join_rows, totals
from sorgente.billing.core.snapshot import book_of, unpack
from sorgente.billing.core.stretches import Long
from sorgente.billing.models import Bill, BillInputs, BillRule
from sorgente.billing.queries.bill_values import UnknownBill
from sorgente.billing.queries.extract import conditions
from sorgente.metering.core.consumption import estimate_milli
from sorgente.shared.columns import read_arrow
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.tables import number_of

_EPOCH = "DATE '1970-01-01'"
_ROWS = f"""
SELECT bill_id, position, service, kind, bracket, start - {_EPOCH} AS start, "end" - {_EPOCH} AS "end", quantity_milli,
       unit_price_e8, cents, vat_e4, rule_id AS rule, estimated, coalesce(reverses_id, 0) AS reverses
  FROM billing_charge WHERE bill_id = ANY(%(ids)s::int8[]) ORDER BY bill_id, position
"""
_BILLS = """
SELECT id, number, contract_id, kind, issued_on, split_payment, net_cents, vat_cents, total_cents, to_pay_cents,
       stamp_duty_cents
  FROM billing_bill WHERE inputs_id = %(inputs)s ORDER BY id
"""
_VAT = """
SELECT bill_id, vat_e4, base_cents, vat_cents FROM billing_billvat
 WHERE bill_id = ANY(%(ids)s::int8[]) ORDER BY bill_id, vat_e4 DESC
"""


@dataclass(frozen=True, slots=True)
class Replay:
    """One bill computed again: how many rows, and each difference as a sentence (none: bit for bit the same)."""

    number: str
    rows: int
    differences: tuple[str, ...]


def replay_bill(number: str) -> Replay:
    """Recompute an issued bill from its stored inputs and rules; raises UnknownBill."""
    bill = Bill.objects.filter(number=number).values("id", "inputs_id").first()
    if bill is None:
        raise UnknownBill(f"Bill {number}", "There is none.", "Check the number: it reads 2026/SII/0000123.")
    return next(replay_inputs(bill["inputs_id"], only=bill["id"]))


def replay_inputs(inputs_id: int, *, only: int | None = None) -> Iterator[Replay]:
    """Recompute the bills of one batch (or one of them, by its id)."""
    inputs = BillInputs.objects.select_related("rules").get(pk=inputs_id)
    bills = read_arrow(connection, _BILLS, {"inputs": inputs_id})
    if only is not None:
        bills = bills.filter(pc.equal(bills["id"], only))
    ids = bills["id"].to_numpy()
    book = book_of(unpack(bytes(inputs.rules.content)), known_on=bills["issued_on"][0].as_py())
    one_offs, duty = _one_offs(inputs, bills, ids)
    computed = _computed(inputs, bills, ids, book, one_offs)
    stored, stored_at = stored_rows(ids)
    sums = totals(computed, ids.size)
    asked = to_pay(sums, bills["split_payment"].to_numpy())
    vat = read_arrow(connection, _VAT, {"ids": ids})
    wrong = _wrong_inputs(inputs, ids)
    for at, number in enumerate(bills["number"].to_pylist()):
        mine = computed.take(computed.bill == at)
        theirs = stored.take(stored_at == at)
        differences = [*wrong.get(at, ()), *_row_differences(mine, theirs)]
        for name, value in (
            ("net_cents", sums.net_cents[at]),
            ("vat_cents", sums.vat_cents[at]),
            ("total_cents", sums.net_cents[at] + sums.vat_cents[at]),
            ("to_pay_cents", asked[at]),
            ("stamp_duty_cents", duty[at]),
        ):
            if bills[name][at].as_py() != value:
                differences.append(f"{name} is {bills[name][at]}, computed {value}.")
        group = sums.group_bill == at
        again = list(
            zip(sums.group_vat_e4[group], sums.group_base_cents[group], sums.group_vat_cents[group], strict=True)
        )
        kept = vat.filter(pc.equal(vat["bill_id"], int(ids[at])))
        if again != list(zip(*(kept[name].to_pylist() for name in kept.column_names[1:]), strict=True)):
            differences.append("The VAT groups differ.")
        yield Replay(number, int(theirs.bill.size), tuple(differences))


def _computed(inputs: BillInputs, bills: pa.Table, ids: Long, book: TariffBook, one_offs: OneOffRows) -> Rows:
    """Return the rows as the inputs give them; `bill` is the place in ids, `rule` the id of its BillRule."""
    stretches = unpack_table(bytes(inputs.stretches))
    stretches = stretches.filter(pc.is_in(stretches["bill_id"], pa.array(ids)))
    place = np.searchsorted(ids, stretches["bill_id"].to_numpy())
    terms = unpack_table(bytes(inputs.conditions))
    charged, _ = rate_stretches(
        stretches_of(stretches, place), bills["contract_id"].to_numpy(), conditions(terms, book), book
    )
    charged = charged.with_columns(rule=_rule_ids(book)[charged.rule])
    back = unpack_table(bytes(inputs.taken_back))
    back = back.filter(pc.is_in(back["bill_id"], pa.array(ids)))
    earlier, whole = back["reverses"].to_numpy(), back["whole"].to_numpy()
    if earlier.size == 0:
        return join_rows(charged, charges_of(one_offs))
    rows, at = stored_rows(np.unique(earlier))
    pieces = []
    for owner, bill, everything in zip(back["bill_id"].to_numpy(), earlier, whole, strict=True):
        chosen = at == np.searchsorted(np.unique(earlier), bill)
        piece = rows.take(chosen & (rows.estimated | everything))
        pieces.append((int(np.searchsorted(ids, owner)), int(bill), piece))
    taken = _joined(pieces)
    return join_rows(join_rows(charged, reversed_rows(taken)), charges_of(one_offs))


def _one_offs(inputs: BillInputs, bills: pa.Table, ids: Long) -> tuple[OneOffRows, Long]:
    """Return the one-off rows of the bills with the stamp duty that follows from them, and the duty of each bill."""
    if not inputs.one_offs:
        return no_one_offs(), np.zeros(ids.size, dtype=np.int64)
    rows, stamp = one_offs_of(unpack_table(bytes(inputs.one_offs)), ids)
    return with_stamp_duty(rows, stamp, bills=ids.size, day=number_of(bills["issued_on"][0].as_py()))


def _joined(pieces: list[tuple[int, int, Rows]]) -> Rows:
    columns = {
        name: np.concatenate([getattr(piece, name) for _, _, piece in pieces])
        for name in Rows.__slots__
        if name not in ("bill", "reverses")
    }
    sizes = [piece.bill.size for _, _, piece in pieces]
    return Rows(
        bill=np.repeat([owner for owner, _, _ in pieces], sizes),
        reverses=np.repeat([bill for _, bill, _ in pieces], sizes),
        **columns,
    )


def _rule_ids(book: TariffBook) -> Long:
    known = {
        (tariff, path, start): identity
        for tariff, path, start, identity in BillRule.objects.filter(
            tariff__in={line.tariff for line in book.rules}
        ).values_list("tariff", "path", "start", "id")
    }
    return np.array([known.get((line.tariff, line.path, line.start), 0) for line in book.rules], dtype=np.int64)


def stored_rows(ids: Long) -> tuple[Rows, Long]:
    """Return the stored rows of bills (ids ascending) and the place in ids of each."""
    table = read_arrow(connection, _ROWS, {"ids": ids})
    columns = {
        name: table[name].to_numpy().astype(np.int64) for name in Rows.__slots__ if name not in ("bill", "estimated")
    }
    owner = table["bill_id"].to_numpy()
    rows = Rows(bill=owner, estimated=table["estimated"].to_numpy(zero_copy_only=False), **columns)
    return rows, np.searchsorted(ids, owner)


def _row_differences(computed: Rows, stored: Rows) -> Iterator[str]:
    if computed.bill.size != stored.bill.size:
        yield f"{stored.bill.size} rows went out, {computed.bill.size} are computed."
        return
    for name in Rows.__slots__:
        if name == "bill":
            continue
        ours, theirs = getattr(computed, name), getattr(stored, name)
        for at in np.flatnonzero(ours != theirs):
            yield f"Row {at + 1}: {name} is {theirs[at]}, computed {ours[at]}."


def _wrong_inputs(inputs: BillInputs, ids: Long) -> dict[int, list[str]]:
    """Return what the inputs themselves do not bear out: a quantity that is no difference and no estimate."""
    table = unpack_table(bytes(inputs.stretches))
    table = table.filter(pc.is_in(table["bill_id"], pa.array(ids)))
    place = np.searchsorted(ids, table["bill_id"].to_numpy())
    stretches = stretches_of(table, place)
    expected = np.where(
        stretches.estimated,
        estimate_milli(stretches.yearly_milli, stretches.end - stretches.start),
        stretches.to_milli - stretches.from_milli,
    )
    wrong: dict[int, list[str]] = {}
    for at in np.flatnonzero(expected != stretches.quantity_milli):
        wrong.setdefault(int(place[at]), []).append(
            f"Quantity {stretches.quantity_milli[at]} does not follow from its reads, {expected[at]} does."
        )
    return wrong
