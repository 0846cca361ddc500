"""Number, post and store the bills of a batch: everything in the caller's transaction, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sorgente.billing.core.compute import Computed
from sorgente.billing.core.inputs import pack_table, stretches_table, taken_back_table
from sorgente.billing.core.one_offs import FIRST_CODE, LEDGER, one_offs_table
from sorgente.billing.core.rows import positions, revenue_by_account
from sorgente.billing.core.stretches import Long
from sorgente.billing.models import Bill, BillInputs, BillSeries
from sorgente.billing.usecases.bill_one_offs import bill_one_offs, recharged_stamp
from sorgente.ledger.usecases.post_columns import PostingColumns, account_ids, post_columns
from sorgente.ledger.usecases.use_credits import take_credits, use_credits
from sorgente.shared.columns import copy_columns
from sorgente.shared.errors import SorgenteError
from sorgente.shared.id_blocks import take_ids


class DatesGoBack(SorgenteError):
    code = "billing.series.dates-go-back"


@dataclass(frozen=True, slots=True)
class Issue:
    """What all bills of a batch have in common."""

    series: str
    issued_on: date
    due_on: date
    recorded_at: datetime
    run_id: int | None
    rules_id: int
    version: str
    kind: str | None = None  # instead of the computed one: a correction
    corrects: Long | None = None  # (n,) id of the bill each one corrects; 0: none


def take_numbers(*, series: str, issued_on: date, count: int) -> tuple[int, int]:
    """Lock the series of the year and take the next numbers; returns (id of the series, the first number).

    The lock holds until the transaction ends, and a rollback gives the numbers back: no gaps.
    raises  DatesGoBack
    """
    BillSeries.objects.get_or_create(code=series, year=issued_on.year)
    row = BillSeries.objects.select_for_update().get(code=series, year=issued_on.year)
    if row.latest_issued_on is not None and issued_on < row.latest_issued_on:
        raise DatesGoBack(
            f"Series {series} of {issued_on.year}",
            f"A bill of {issued_on} would follow number {row.latest} of {row.latest_issued_on}.",
            f"Issue on {row.latest_issued_on} or later, or use another series.",
        )
    first = row.latest + 1
    row.latest += count
    row.latest_issued_on = issued_on
    row.save(update_fields=["latest", "latest_issued_on"])
    return row.pk, first


def number_of(*, series: str, year: int, sequence: int) -> str:
    """Return a bill's number as printed: 2026/SII/0000123."""
    return f"{year}/{series}/{sequence:07d}"


def issue_bills(bills: Computed, *, issue: Issue, rule_ids: Long, terms: pa.Table) -> Long:
    """Store computed bills with numbers, rows, VAT, postings and the inputs to replay them; returns their ids, (n,).

    rule_ids  place in the tariff book -> id of its BillRule; rows taken back carry that id already
    terms     of the contracts, tariff and category by name
    raises    DatesGoBack; NotBalanced never, as what is posted is the sum of the rows
    """
    if not connection.in_atomic_block:
        raise RuntimeError("issue_bills writes many tables and must run inside a transaction.")
    count = bills.contract_id.size
    if count == 0:
        return np.empty(0, dtype=np.int64)
    with connection.cursor() as cursor:
        ids = take_ids(cursor, "billing_bill", count)
        owners = pa.array(bills.contract_id)
        inputs = BillInputs.objects.create(
            run_id=issue.run_id,
            rules_id=issue.rules_id,
            version=issue.version,
            stretches=pack_table(stretches_table(bills.stretches, ids)),
            taken_back=pack_table(taken_back_table(bills.rows, ids, whole=issue.kind == Bill.Kind.CREDIT_NOTE)),
            conditions=pack_table(terms.filter(pc.is_in(terms["contract_id"], owners))),
            one_offs=b"" if bills.stamp is None else pack_table(one_offs_table(bills.one_offs, ids, bills.stamp)),
        )
        series_id, first = take_numbers(series=issue.series, issued_on=issue.issued_on, count=count)
        sequence = np.arange(first, first + count)
        numbers = pa.array(
            [number_of(series=issue.series, year=issue.issued_on.year, sequence=one) for one in sequence.tolist()]
        )
        credits = take_credits(contract_account_ids=bills.contract_account_id, wanted_cents=bills.to_pay_cents)
        posted = _post(bills, numbers, issue)
        use_credits(credits, transaction_ids=posted, used_on=issue.issued_on)
        _copy_bills(cursor, bills, ids, sequence, numbers, posted, credits.used_cents, inputs.pk, series_id, issue)
        _copy_rows(cursor, bills, ids, rule_ids)
        bill_one_offs(cursor, bills, ids)
        _supersede(cursor, bills, ids)  # before the new stretches, which may begin on the same days
        _copy_consumption(cursor, bills, ids)
    return ids


def _post(bills: Computed, numbers: pa.Array, issue: Issue) -> Long:
    """Post each bill; returns transaction ids, 0 where nothing is to be posted."""
    count = bills.contract_id.size
    codes = account_ids()
    names, revenue = revenue_by_account(bills.rows, count, LEDGER)
    columns = [
        -revenue, -bills.totals.vat_cents[:, None], np.where(bills.split_payment, bills.totals.vat_cents, 0)[:, None]
    ]  # fmt: skip
    names += ("vat", "split-vat")
    if bills.stamp_duty_cents is not None:
        borne = (bills.stamp_duty_cents - recharged_stamp(bills.one_offs, count))[:, None]
        columns += [borne, -borne]
        names += ("stamp-duty-borne", "stamp-duty")
    cents = np.concatenate(columns, axis=1)
    width = len(names)
    account = np.array([codes[name] for name in names])
    some = np.flatnonzero((cents != 0).any(axis=1) | (bills.to_pay_cents != 0))
    posted = np.zeros(count, dtype=np.int64)
    chosen = numbers.take(pa.array(some))
    posted[some] = post_columns(
        PostingColumns(
            source=pc.binary_join_element_wise("bill", chosen, ":"),
            reference=chosen,
            contract_account=bills.contract_account_id[some],
            due_on=np.full(some.size, np.datetime64(issue.due_on, "D")),
            customer_cents=bills.to_pay_cents[some],
            of=np.repeat(np.arange(some.size), width),
            account=np.tile(account, some.size),
            cents=cents[some].ravel(),
        ),
        kind="bill",
        booked_on=issue.issued_on,
        recorded_at=issue.recorded_at,
        description="Bolletta",
    )
    return posted


def _days(day: Long) -> np.ndarray:
    return day.astype("datetime64[D]")


def _or_null(values: Long) -> pa.Array:
    return pa.array(values, mask=values == 0)


def _copy_bills(
    cursor: Any, bills: Computed, ids: Long, sequence: Long, numbers: pa.Array, posted: Long, credits: Long,
    inputs_id: int, series_id: int, issue: Issue,
) -> None:  # fmt: skip
    count = ids.size
    seldom: dict[str, Any] = {}  # most batches have neither: the database fills them with zero
    if credits.any():
        seldom["credit_cents"] = credits
    if bills.stamp_duty_cents is not None:
        seldom["stamp_duty_cents"] = bills.stamp_duty_cents

    def all_of(value: int) -> Long:
        return np.full(count, value, dtype=np.int64)

    copy_columns(
        cursor,
        "billing_bill",
        {
            "id": ids,
            "number": numbers,
            "series_id": all_of(series_id),
            "sequence": sequence,
            "run_id": _or_null(all_of(issue.run_id or 0)),
            "contract_account_id": bills.contract_account_id,
            "contract_id": bills.contract_id,
            "kind": pa.array(bills.kind) if issue.kind is None else pa.repeat(issue.kind, count),
            "issued_on": np.full(count, np.datetime64(issue.issued_on, "D")),
            "due_on": np.full(count, np.datetime64(issue.due_on, "D")),
            "start": _days(bills.start),
            "end": _days(bills.end),
            "quantity_milli": bills.quantity_milli,
            "net_cents": bills.totals.net_cents,
            "vat_cents": bills.totals.vat_cents,
            "total_cents": bills.totals.net_cents + bills.totals.vat_cents,
            "to_pay_cents": bills.to_pay_cents,
            "split_payment": bills.split_payment,
            "corrects_id": _or_null(all_of(0) if issue.corrects is None else issue.corrects),
            "transaction_id": _or_null(posted),
            "inputs_id": all_of(inputs_id),
            "einvoice_name": pa.repeat("", count),
            **seldom,
        },
    )


def _copy_rows(cursor: Any, bills: Computed, ids: Long, rule_ids: Long) -> None:
    rows = bills.rows
    # A row taken back, or one that no tariff made, has its rule already; the others stand in the book of this run.
    has_rule = (rows.reverses > 0) | (rows.kind >= FIRST_CODE)
    copy_columns(
        cursor,
        "billing_charge",
        {
            "bill_id": ids[rows.bill],
            "position": positions(rows.bill),
            "service": rows.service,
            "kind": rows.kind,
            "bracket": rows.bracket,
            "start": _days(rows.start),
            "end": _days(rows.end),
            "quantity_milli": rows.quantity_milli,
            "unit_price_e8": rows.unit_price_e8,
            "cents": rows.cents,
            "vat_e4": rows.vat_e4,
            "rule_id": np.where(has_rule, rows.rule, rule_ids[np.where(has_rule, 0, rows.rule)]),
            "estimated": rows.estimated,
            "reverses_id": _or_null(rows.reverses),
        },
    )
    groups = bills.totals
    copy_columns(
        cursor,
        "billing_billvat",
        {
            "bill_id": ids[groups.group_bill],
            "vat_e4": groups.group_vat_e4,
            "base_cents": groups.group_base_cents,
            "vat_cents": groups.group_vat_cents,
        },
    )


def _copy_consumption(cursor: Any, bills: Computed, ids: Long) -> None:
    stretches = bills.stretches
    copy_columns(
        cursor,
        "billing_billedconsumption",
        {
            "bill_id": ids[stretches.row],
            "contract_id": bills.contract_id[stretches.row],
            "register_id": stretches.register_id,
            "start": _days(stretches.start),
            "end": _days(stretches.end),
            "quantity_milli": stretches.quantity_milli,
            "from_read_id": _or_null(stretches.from_read_id),
            "to_read_id": _or_null(stretches.to_read_id),
            "estimated": stretches.estimated,
            "superseded_by_id": pa.nulls(stretches.row.size, pa.int64()),
        },
    )


def _supersede(cursor: Any, bills: Computed, ids: Long) -> None:
    """Mark the estimates that the bills on new reads replace."""
    if not bills.recomputed.any():
        return
    cursor.execute(
        "UPDATE billing_billedconsumption b SET superseded_by_id = n.bill_id"
        " FROM unnest(%s::int8[], %s::int8[], %s::date[]) AS n (bill_id, contract_id, start)"
        " WHERE b.contract_id = n.contract_id AND b.superseded_by_id IS NULL AND b.estimated"
        " AND b.start >= n.start",
        [
            ids[bills.recomputed].tolist(),
            bills.contract_id[bills.recomputed].tolist(),
            _days(bills.start[bills.recomputed]).tolist(),
        ],
    )
