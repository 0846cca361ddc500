from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from django.db import connection, transaction

from sorgente.payments.core.bills_to_collect import checked_bills
from sorgente.payments.core.debit_rules import debit_terms, lapses_on
from sorgente.shared.calendar import calendar
from sorgente.shared.columns import copy_columns, read_arrow
from sorgente.shared.errors import SorgenteError


class NoActiveMandate(SorgenteError):
    code = "payments.collection.no-active-mandate"


class MandateLapsed(SorgenteError):
    code = "payments.collection.mandate-lapsed"


class PrenotifiedTooLate(SorgenteError):
    code = "payments.collection.prenotified-too-late"


@dataclass(slots=True)
class CollectionsPrepared:
    """Each bill with something to pay is counted once: prepared now, there before, or refused."""

    prepared: int = 0
    there_before: int = 0
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)  # (bill number, why)


@transaction.atomic
def prepare_collections(*, bills: pa.Table, prenotified_on: date) -> CollectionsPrepared:
    """Prepare one debit per bill under the active mandate of its contract account.

    bills           columns of core.bills_to_collect.BILLS; a due date on which TARGET is closed moves to the next
    prenotified_on  the day the customer was told amount and due date: the day of the bill
    """
    asked = checked_bills(bills)
    done = CollectionsPrepared()
    mandates = _mandates(asked["contract_account_id"])
    attempts = _attempts(asked["bill_id"])
    days = calendar()
    rows: list[tuple[Any, ...]] = []
    for bill in asked.to_pylist():
        tried, alive = attempts.get(bill["bill_id"], (0, False))
        if alive:
            done.there_before += 1
            continue
        due_on = days.target_day_on_or_after(bill["due_on"])
        mandate = mandates.get(bill["contract_account_id"])
        refusal = _refusal(bill["bill_number"], due_on, prenotified_on, mandate)
        if refusal is not None or mandate is None:
            done.refusals.append((bill["bill_number"], refusal or _no_mandate(bill["bill_number"])))
            continue
        reference = f"{bill['bill_number'].replace('/', '-')}-{tried + 1}"
        rows.append((mandate["id"], bill["bill_id"], reference, due_on, prenotified_on, bill["cents"]))
    if rows:
        names = ("mandate_id", "bill_id", "end_to_end_id", "due_on", "prenotified_on", "cents")
        columns: dict[str, Any] = {
            name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)
        }
        columns |= {"state": ["prepared"] * len(rows), "return_reason": [""] * len(rows)}
        with connection.cursor() as cursor:
            done.prepared = copy_columns(cursor, "payments_collection", columns)
    return done


def _refusal(number: str, due_on: date, prenotified_on: date, mandate: dict[str, Any] | None) -> SorgenteError | None:
    terms = debit_terms(due_on)
    if mandate is None:
        return _no_mandate(number)
    dead_on = lapses_on(mandate["latest_presented_on"] or mandate["signed_on"], terms.mandate_lapse_months)
    if due_on >= dead_on:
        return MandateLapsed(
            f"Bill {number}",
            f"Mandate {mandate['umr']} lapsed on {dead_on}, {terms.mandate_lapse_months} months after its latest use.",
            "Have a new mandate signed; until then send a payment notice.",
        )
    if due_on < prenotified_on + timedelta(days=terms.prenotification_days):
        return PrenotifiedTooLate(
            f"Bill {number}",
            f"Told on {prenotified_on}, due on {due_on}: fewer than {terms.prenotification_days} days.",
            "Give the bill a later due date.",
        )
    return None


def _no_mandate(number: str) -> NoActiveMandate:
    return NoActiveMandate(
        f"Bill {number}", "Its contract account has no active mandate.", "Send a payment notice, or register a mandate."
    )


def _mandates(accounts: pa.ChunkedArray) -> dict[int, dict[str, Any]]:
    rows = read_arrow(
        connection,
        "SELECT id, contract_account_id, umr, signed_on, latest_presented_on FROM payments_mandate"
        " WHERE state = 'active' AND contract_account_id = ANY(%(ids)s)",
        {"ids": accounts.to_numpy()},
    )
    return {row["contract_account_id"]: row for row in rows.to_pylist()}


def _attempts(bill_ids: pa.ChunkedArray) -> dict[int, tuple[int, bool]]:
    """Return bill -> (collections so far, whether one of them is alive)."""
    rows = read_arrow(
        connection,
        "SELECT bill_id, count(*) AS tried, bool_or(state IN ('prepared', 'sent', 'settled')) AS alive"
        " FROM payments_collection WHERE bill_id = ANY(%(ids)s) GROUP BY 1",
        {"ids": bill_ids.to_numpy()},
    )
    return {row["bill_id"]: (row["tried"], row["alive"]) for row in rows.to_pylist()}
