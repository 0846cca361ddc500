"""Customers with issued and posted bills, made straight in the tables: for the bench of receipts and for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.apps import apps
from django.db import connection, transaction
from django.db.models import BinaryField

from sorgente.ledger.usecases.post_columns import PostingColumns, account_ids, post_columns
from sorgente.shared.columns import DateRanges, copy_columns
from sorgente.shared.id_blocks import take_ids

ISSUED_ON = date(2026, 3, 2)
DUE_ON = date(2026, 3, 31)
ISSUED_AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@transaction.atomic
def make_bills(cents: list[int] | np.ndarray, *, accounts: int | None = None, due_on: date = DUE_ON) -> pa.Table:
    """Return issued and posted bills of these amounts as columns of payments.core.bills_to_collect.BILLS.

    accounts  how many contract accounts they are spread over, bill by bill; one each when left out
    """
    amounts = np.asarray(cents, dtype=np.int64)
    size, holders = amounts.size, accounts or amounts.size
    with connection.cursor() as cursor:
        account_id, contract_id = _contracts(cursor, holders)
        account, contract = np.resize(account_id, size), np.resize(contract_id, size)
        cursor.execute(
            "INSERT INTO billing_billseries (code, year, latest) VALUES ('SII', 2026, %s) ON CONFLICT (code, year)"
            " DO UPDATE SET latest = billing_billseries.latest + %s RETURNING id, latest",
            [size, size],
        )
        series, latest = cursor.fetchone()
        sequence = np.arange(latest - size + 1, latest + 1)
        numbers = pa.array([f"2026/SII/{one:07d}" for one in sequence.tolist()])
        owed = np.flatnonzero(amounts)  # a bill of nothing has nothing to post
        posted = post_columns(
            PostingColumns(
                source=pa.array([f"bill:{number}" for number in numbers.take(pa.array(owed)).to_pylist()]),
                reference=numbers.take(pa.array(owed)),
                contract_account=account[owed],
                due_on=np.full(owed.size, np.datetime64(due_on, "D")),
                customer_cents=amounts[owed],
                of=np.arange(owed.size),
                account=np.full(owed.size, account_ids()["revenue-other"]),
                cents=-amounts[owed],
            ),
            kind="bill",
            booked_on=ISSUED_ON,
            recorded_at=ISSUED_AT,
            description="Bolletta",
        )
        transaction_ids = np.zeros(size, dtype=np.int64)
        transaction_ids[owed] = posted
        ids = take_ids(cursor, "billing_bill", size)
        constant = {"kind": "actual", "einvoice_name": "", "split_payment": False}
        days = {"issued_on": ISSUED_ON, "due_on": due_on, "start": date(2026, 1, 1), "end": date(2026, 3, 1)}
        zeros = np.zeros(size, dtype=np.int64)
        copy_columns(
            cursor,
            "billing_bill",
            {
                "id": ids,
                "number": numbers,
                "series_id": np.full(size, series),
                "sequence": sequence,
                "contract_account_id": account,
                "contract_id": contract,
                "quantity_milli": zeros,
                "net_cents": amounts,
                "vat_cents": zeros,
                "total_cents": amounts,
                "to_pay_cents": amounts,
                "transaction_id": pa.array(transaction_ids, mask=amounts == 0),
                "inputs_id": np.full(size, _inputs()),
                **{name: pa.repeat(value, size) for name, value in constant.items()},
                **{name: np.full(size, np.datetime64(day, "D")) for name, day in days.items()},
            },
        )
    return pa.table(
        {
            "bill_id": ids,
            "bill_number": numbers,
            "contract_account_id": account,
            "due_on": np.full(size, np.datetime64(due_on, "D")),
            "cents": amounts,
        }
    )


def _contracts(cursor: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ids of new contract accounts, and of one supply contract under each."""
    cursor.execute(
        "INSERT INTO customers_address (street, house_number, postal_code, municipality, province, istat_code, country)"
        " VALUES ('Via Prova', '1', '60027', 'Osimo', 'AN', '042034', 'IT') RETURNING id"
    )
    address = cursor.fetchone()[0]
    cursor.execute(
        "INSERT INTO customers_party (kind, name, first_name, surname, tax_code, vat_number, sdi_code, pec, language,"
        " created_at) VALUES ('person', 'Rossi Mario', 'Mario', 'Rossi', '', '', '', '', 'it', now()) RETURNING id"
    )
    party = cursor.fetchone()[0]
    accounts = take_ids(cursor, "customers_contractaccount", count)
    copy_columns(
        cursor,
        "customers_contractaccount",
        {
            "id": accounts,
            "number": pa.array([f"CA{one:09d}" for one in accounts.tolist()]),
            "holder_id": np.full(count, party),
            "billing_address_id": np.full(count, address),
            "channel": pa.repeat("post", count),
            "email": pa.repeat("", count),
            "payment_method": pa.repeat("sdd", count),
            "opened_on": np.full(count, np.datetime64("2020-01-01")),
        },
    )
    points = take_ids(cursor, "customers_servicepoint", count)
    copy_columns(
        cursor,
        "customers_servicepoint",
        {
            "id": points,
            "code": pa.array([f"11042034{one:08d}" for one in points.tolist()]),
            "commodity": pa.repeat("water", count),
            "address_id": np.full(count, address),
            "access": pa.repeat("accessible", count),
            "zone": pa.repeat("", count),
        },
    )
    contracts = take_ids(cursor, "customers_supplycontract", count)
    copy_columns(
        cursor,
        "customers_supplycontract",
        {
            "id": contracts,
            "number": pa.array([f"SC{one:09d}" for one in contracts.tolist()]),
            "contract_account_id": accounts,
            "service_point_id": points,
            "supplied": DateRanges(np.full(count, np.datetime64("2020-01-01")), pa.nulls(count, pa.date32())),
        },
    )
    return accounts, contracts


def _inputs() -> int:
    """Return the id of what the bills rest on: empty here, because nobody replays these."""
    snapshots, inputs = apps.get_model("billing", "RuleSnapshot"), apps.get_model("billing", "BillInputs")
    rules, _ = snapshots._default_manager.get_or_create(sha256="made up", defaults={"content": b""})
    empty = {field.name: b"" for field in inputs._meta.concrete_fields if isinstance(field, BinaryField)}
    return inputs._default_manager.create(rules=rules, **empty).pk
